namespace BttProxy.BitTorrent.Bencoding;

/// <summary>Why bytes are not acceptable bencoding (BEP 3).</summary>
public enum BencodeError
{
    None = 0,
    Truncated = 1,
    UnexpectedByte = 2,
    /// <summary>Leading zero, "-0", no digits, or outside 64 bits.</summary>
    InvalidInteger = 3,
    /// <summary>A string length with a leading zero, or longer than what is left.</summary>
    InvalidLength = 4,
    KeyNotString = 5,
    UnsortedKeys = 6,
    DuplicateKey = 7,
    TooDeep = 8,
    TooManyValues = 9,
    TrailingBytes = 10,
}
