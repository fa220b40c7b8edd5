namespace BttProxy.Protocol.Networks;

/// <summary>A network description cannot be used; the message is one line that says what to change.</summary>
public sealed class InvalidNetworkException : Exception
{
    public InvalidNetworkException()
    {
    }

    public InvalidNetworkException(string message)
        : base(message)
    {
    }

    public InvalidNetworkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
