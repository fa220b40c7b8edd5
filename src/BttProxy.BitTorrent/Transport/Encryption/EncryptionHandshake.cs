using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace BttProxy.BitTorrent.Transport.Encryption;

/// <summary>
/// One side of the handshake as a function of the bytes that arrive, however they are cut. Each step takes its bytes whole or waits for
/// more, and none waits for more than <see cref="MaxStep"/>.
/// </summary>
internal abstract class EncryptionHandshake(KeyExchange exchange)
{
    /// <summary>Of each of the four paddings.</summary>
    public const int MaxPadding = 512;

    /// <summary>A BitTorrent handshake has 68 bytes; some send their first messages along.</summary>
    public const int MaxInitialPayload = 4096;

    /// <summary>The most bytes that a step can want at once.</summary>
    public const int MaxStep = MaxInitialPayload;

    protected const int MethodsLength = sizeof(uint);
    protected const int SizeLength = sizeof(ushort);

    private readonly ArrayBufferWriter<byte> _output = new(KeyExchange.Length + MaxPadding);

    protected enum Step
    {
        Waits,
        Taken,
        Refused,
    }

    /// <summary>What to send next; emptied by the caller.</summary>
    public ArrayBufferWriter<byte> Output => _output;

    /// <summary>For what follows the handshake, once it is complete.</summary>
    public CryptoMethods Selected { get; protected set; }

    public Rc4? Reading { get; protected set; }

    public Rc4? Writing { get; protected set; }

    /// <summary>The first bytes of what follows, which came with the handshake.</summary>
    public ReadOnlyMemory<byte> InitialPayload { get; protected set; }

    protected static ReadOnlySpan<byte> Verification => "\0\0\0\0\0\0\0\0"u8;

    protected byte[] Secret { get; } = new byte[KeyExchange.Length];

    protected bool IsComplete { get; set; }

    /// <param name="received">What arrived and was not consumed yet.</param>
    /// <param name="consumed">How much of it need not be given again.</param>
    public EncryptionProgress Advance(ReadOnlySpan<byte> received, out int consumed)
    {
        consumed = 0;
        while (!IsComplete)
        {
            var step = Take(received[consumed..], out var taken);
            if (step != Step.Taken)
            {
                return step == Step.Waits ? EncryptionProgress.WantsMore : EncryptionProgress.Refused;
            }
            consumed += taken;
        }
        return EncryptionProgress.Complete;
    }

    protected abstract Step Take(ReadOnlySpan<byte> received, out int taken);

    protected void SendKey()
    {
        exchange.WritePublicKey(_output.GetSpan(KeyExchange.Length));
        _output.Advance(KeyExchange.Length);
        var padding = RandomNumberGenerator.GetInt32(MaxPadding + 1);
        RandomNumberGenerator.Fill(_output.GetSpan(padding)[..padding]);
        _output.Advance(padding);
    }

    protected Step TakeKey(ReadOnlySpan<byte> received, out int taken)
    {
        taken = KeyExchange.Length;
        if (received.Length < taken)
        {
            return Step.Waits;
        }
        return exchange.TryAgree(received, Secret) ? Step.Taken : Step.Refused;
    }

    /// <summary>Looks for the bytes that end the other side's padding.</summary>
    protected static Step TakeMark(ReadOnlySpan<byte> received, ReadOnlySpan<byte> mark, out int taken)
    {
        var last = MaxPadding + mark.Length;
        var at = received[..Math.Min(received.Length, last)].IndexOf(mark);
        taken = at + mark.Length;
        if (at >= 0)
        {
            return Step.Taken;
        }
        return received.Length < last ? Step.Waits : Step.Refused;
    }

    /// <summary>Writes in RC4, which the handshake always is after the keys.</summary>
    protected void SendEncrypted(ReadOnlySpan<byte> bytes)
    {
        Writing!.Apply(bytes, _output.GetSpan(bytes.Length));
        _output.Advance(bytes.Length);
    }

    /// <summary>The length of a padding and the padding, which is all zeros.</summary>
    protected void SendPadding()
    {
        var length = RandomNumberGenerator.GetInt32(MaxPadding + 1);
        SendSize(length);
        Span<byte> padding = stackalloc byte[MaxPadding];
        padding.Clear();
        SendEncrypted(padding[..length]);
    }

    protected void SendMethods(CryptoMethods methods)
    {
        Span<byte> bytes = stackalloc byte[MethodsLength];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)methods);
        SendEncrypted(bytes);
    }

    protected void SendSize(int size) => SendEncrypted([(byte)(size >> 8), (byte)size]);
}
