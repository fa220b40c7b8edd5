namespace BttProxy.Protocol.Messages;

/// <summary>A message of the tunnel, with the size above which it is refused unread.</summary>
public interface IWireMessage
{
    static abstract int MaxEncodedLength { get; }
}
