namespace BttProxy.BitTorrent.Bencoding;

/// <summary>Bytes from outside are not acceptable bencoding.</summary>
public sealed class BencodeException(BencodeError error) : Exception($"Not valid bencoding: {error}.")
{
    public BencodeError Error { get; } = error;
}
