namespace BttProxy.Tron.JsonRpc;

/// <summary>The service took the request and refuses it as it is: too wide a range, too many results, an unknown method.</summary>
internal sealed class JsonRpcRefusedException(int code, string message) : Exception(message)
{
    /// <summary>The specification's code for a method that the service does not have.</summary>
    public const int MethodNotFound = -32601;

    /// <summary>Nothing in time: perhaps too much was asked for.</summary>
    public const int NoAnswer = 0;

    /// <summary>As JSON-RPC numbers them; an HTTP status where the answer has none.</summary>
    public int Code => code;
}
