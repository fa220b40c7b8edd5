using System.Buffers.Text;
using System.Security.Cryptography;
using BttProxy.Protocol.Keys;

namespace BttProxy.Protocol.Messages;

/// <summary>The secret that opens a session's requests: 32 random bytes. Compared in constant time, never printed.</summary>
public readonly struct BearerToken(Bytes32 value) : IEquatable<BearerToken>
{
    /// <summary>Characters of <see cref="ToHeader"/>.</summary>
    public const int HeaderLength = 43;

    public Bytes32 Value { get; } = value;

    public static bool operator ==(BearerToken left, BearerToken right) => left.Equals(right);

    public static bool operator !=(BearerToken left, BearerToken right) => !left.Equals(right);

    public static BearerToken Generate()
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Length];
        RandomNumberGenerator.Fill(bytes);
        return new BearerToken(new Bytes32(bytes));
    }

    /// <summary>Reads the text of an <c>Authorization: Bearer</c> header.</summary>
    public static bool TryParseHeader(ReadOnlySpan<char> text, out BearerToken token)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Length];
        var parsed = Base64UrlText.TryDecode(text, bytes);
        token = parsed ? new BearerToken(new Bytes32(bytes)) : default;
        return parsed;
    }

    /// <summary>The secret itself, in base64url, for an <c>Authorization: Bearer</c> header.</summary>
    public string ToHeader() => Base64Url.EncodeToString(Value.Span);

    public bool Equals(BearerToken other) => CryptographicOperations.FixedTimeEquals(Value.Span, other.Value.Span);

    public override bool Equals(object? obj) => obj is BearerToken other && Equals(other);

    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>Says nothing: a token in a log is a stolen session.</summary>
    public override string ToString() => nameof(BearerToken);
}
