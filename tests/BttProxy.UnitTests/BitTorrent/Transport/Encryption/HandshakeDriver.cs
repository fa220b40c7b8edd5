using BttProxy.BitTorrent.Transport.Encryption;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Transport.Encryption;

/// <summary>Feeds a side of the handshake with bytes as they come, as the connection does.</summary>
internal sealed class HandshakeDriver(EncryptionHandshake handshake)
{
    private readonly List<byte> _waiting = [];

    public EncryptionHandshake Handshake => handshake;

    public EncryptionProgress Progress { get; private set; }

    /// <summary>What is to be sent since the last call.</summary>
    public byte[] TakeOutput()
    {
        var output = handshake.Output.WrittenSpan.ToArray();
        handshake.Output.ResetWrittenCount();
        return output;
    }

    public EncryptionProgress Give(ReadOnlySpan<byte> bytes)
    {
        _waiting.AddRange(bytes);
        if (Progress == EncryptionProgress.WantsMore)
        {
            Progress = handshake.Advance(_waiting.ToArray(), out var consumed);
            Assert.InRange(consumed, 0, _waiting.Count);
            _waiting.RemoveRange(0, consumed);
            Assert.True(
                Progress != EncryptionProgress.WantsMore || _waiting.Count < EncryptionHandshake.MaxStep, "more is kept than a step can want");
        }
        return Progress;
    }

    /// <summary>Gives the bytes in pieces of the given lengths, again and again.</summary>
    public EncryptionProgress Give(byte[] bytes, int[] cuts)
    {
        for (int at = 0, i = 0; at < bytes.Length; i++)
        {
            var count = Math.Min(cuts[i % cuts.Length], bytes.Length - at);
            Give(bytes.AsSpan(at, count));
            at += count;
        }
        return Progress;
    }

    /// <summary>What came behind the handshake, in clear.</summary>
    public byte[] ReadOn()
    {
        var bytes = _waiting.ToArray();
        _waiting.Clear();
        if (handshake.Selected == CryptoMethods.Rc4)
        {
            handshake.Reading!.Apply(bytes);
        }
        return bytes;
    }
}
