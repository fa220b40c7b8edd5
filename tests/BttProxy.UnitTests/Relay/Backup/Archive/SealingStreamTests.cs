using BttProxy.Relay.Backup;
using BttProxy.Relay.Backup.Archive;
using Xunit;

namespace BttProxy.UnitTests.Relay.Backup.Archive;

public sealed class SealingStreamTests
{
    // One for all tests: scrypt is slow on purpose.
    private static readonly ArchiveKey Key = ArchiveKey.Create("correct horse battery staple");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(SealingStream.PartLength - 1)]
    [InlineData(SealingStream.PartLength)]
    [InlineData(SealingStream.PartLength + 1)]
    [InlineData(2 * SealingStream.PartLength)]
    [InlineData((3 * SealingStream.PartLength) + 7)]
    public void WhatWasSealed_IsReadBack(int length)
    {
        var content = Content(length);

        Assert.Equal(content, Open(Seal(content)));
    }

    [Fact]
    public void EveryPartIsBoundToItsPlace()
    {
        const int Sealed = SealingStream.PartLength + SealingStream.TagLength;
        var whole = Seal(Content((2 * SealingStream.PartLength) + 5));
        byte[] swapped = [.. whole[Sealed..(2 * Sealed)], .. whole[..Sealed], .. whole[(2 * Sealed)..]];

        Assert.Throws<BackupException>(() => Open(whole[..Sealed]));
        Assert.Throws<BackupException>(() => Open(whole[..(2 * Sealed)]));
        Assert.Throws<BackupException>(() => Open(whole[..^1]));
        Assert.Throws<BackupException>(() => Open([.. whole, 0]));
        Assert.Throws<BackupException>(() => Open(swapped));
        Assert.Throws<BackupException>(() => Open([]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(SealingStream.PartLength)]
    [InlineData(SealingStream.PartLength + SealingStream.TagLength + 3)]
    public void ChangedByte_IsNoticed(int at)
    {
        var changed = Seal(Content(SealingStream.PartLength + 100));
        changed[at] ^= 1;

        Assert.Throws<BackupException>(() => Open(changed));
    }

    [Fact]
    public void HeadOfAnotherKindCostOrVersion_IsRefused()
    {
        Assert.Equal(Key.Key, ArchiveKey.Read(Key.Head, "correct horse battery staple").Key);
        foreach (var (at, value) in new (int, byte)[] { (0, 0), (7, (byte)'2'), (8, 30), (9, 0), (10, 200) })
        {
            var head = (byte[])Key.Head.Clone();
            head[at] = value;
            Assert.Throws<BackupException>(() => ArchiveKey.Read(head, "correct horse battery staple"));
        }

        Assert.Throws<BackupException>(() => ArchiveKey.Read(Key.Head[..10], "correct horse battery staple"));
    }

    private static byte[] Content(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }

    private static byte[] Seal(byte[] content)
    {
        using var output = new MemoryStream();
        using (var sealing = new SealingStream(output, Key))
        {
            sealing.Write(content);
        }

        return output.ToArray();
    }

    private static byte[] Open(byte[] archive)
    {
        using var input = new MemoryStream(archive);
        using var opening = new OpeningStream(input, Key);
        using var content = new MemoryStream();
        opening.CopyTo(content);
        return content.ToArray();
    }
}
