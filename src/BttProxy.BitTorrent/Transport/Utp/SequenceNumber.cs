namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>Packets are counted in 16 bits that wrap around; only differences mean something.</summary>
internal static class SequenceNumber
{
    /// <summary>Steps from one number to another: negative when <paramref name="to"/> comes first.</summary>
    public static int Distance(ushort from, ushort to) => unchecked((short)(to - from));

    public static ushort Add(ushort number, int steps) => unchecked((ushort)(number + steps));
}
