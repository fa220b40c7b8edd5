namespace BttProxy.Devnet.Chain.Node.JsonRpc;

/// <summary>A request that is answered with an error, with java-tron's codes.</summary>
internal sealed class JsonRpcError(int code, string message) : Exception(message)
{
    public const int ParseError = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParameters = -32602;

    /// <summary>More results than the node gives at once.</summary>
    public const int LimitExceeded = -32005;

    /// <summary>The node itself cannot answer.</summary>
    public const int Internal = -32000;

    public int Code => code;
}
