using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace BttProxy.Client.Wallets;

/// <summary>
/// scrypt (RFC 7914). Own code because the library at hand refuses n ≥ 2^16 with r = 1, which is what the published
/// keystore vector uses; nothing but the mixing is written here, PBKDF2 is the platform's.
/// </summary>
internal static class Scrypt
{
    private const int SalsaWords = 16;

    public static byte[] DeriveKey(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ScryptCost cost, int length)
    {
        var blocks = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, cost.P * cost.R * 128);
        var words = new uint[cost.R * 32];
        var table = new uint[(long)cost.N * words.Length];
        for (var i = 0; i < cost.P; i++)
        {
            var block = blocks.AsSpan(i * cost.R * 128, cost.R * 128);
            CopyWords(block, words);
            Mix(words, table, cost.N);
            for (var w = 0; w < words.Length; w++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(block[(w * 4)..], words[w]);
            }
        }

        var key = Rfc2898DeriveBytes.Pbkdf2(password, blocks, 1, HashAlgorithmName.SHA256, length);
        CryptographicOperations.ZeroMemory(blocks);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words.AsSpan()));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(table.AsSpan()));
        return key;
    }

    private static void CopyWords(ReadOnlySpan<byte> source, Span<uint> words)
    {
        for (var w = 0; w < words.Length; w++)
        {
            words[w] = BinaryPrimitives.ReadUInt32LittleEndian(source[(w * 4)..]);
        }
    }

    private static void Mix(uint[] words, uint[] table, int n)
    {
        var size = words.Length;
        var scratch = new uint[size];
        for (var i = 0; i < n; i++)
        {
            words.CopyTo(table.AsSpan(i * size));
            MixBlock(words, scratch);
        }

        for (var i = 0; i < n; i++)
        {
            var j = (int)(words[size - SalsaWords] & (uint)(n - 1));
            Xor(words, table.AsSpan(j * size, size));
            MixBlock(words, scratch);
        }
    }

    private static void MixBlock(uint[] words, uint[] scratch)
    {
        Span<uint> x = stackalloc uint[SalsaWords];
        words.AsSpan(words.Length - SalsaWords).CopyTo(x);
        var half = words.Length / SalsaWords / 2;
        for (var i = 0; i < half * 2; i++)
        {
            Xor(x, words.AsSpan(i * SalsaWords, SalsaWords));
            Salsa8(x);
            // Even blocks go to the first half, odd ones to the second.
            x.CopyTo(scratch.AsSpan(((i / 2) + ((i & 1) * half)) * SalsaWords));
        }

        scratch.CopyTo(words.AsSpan());
    }

    private static void Xor(Span<uint> target, ReadOnlySpan<uint> source)
    {
        var left = MemoryMarshal.Cast<uint, Vector<uint>>(target);
        var right = MemoryMarshal.Cast<uint, Vector<uint>>(source);
        for (var i = 0; i < left.Length; i++)
        {
            left[i] ^= right[i];
        }
    }

    private static void Salsa8(Span<uint> b)
    {
        uint x0 = b[0], x1 = b[1], x2 = b[2], x3 = b[3], x4 = b[4], x5 = b[5], x6 = b[6], x7 = b[7];
        uint x8 = b[8], x9 = b[9], x10 = b[10], x11 = b[11], x12 = b[12], x13 = b[13], x14 = b[14], x15 = b[15];
        for (var round = 0; round < 4; round++)
        {
            QuarterRound(ref x0, ref x4, ref x8, ref x12);
            QuarterRound(ref x5, ref x9, ref x13, ref x1);
            QuarterRound(ref x10, ref x14, ref x2, ref x6);
            QuarterRound(ref x15, ref x3, ref x7, ref x11);
            QuarterRound(ref x0, ref x1, ref x2, ref x3);
            QuarterRound(ref x5, ref x6, ref x7, ref x4);
            QuarterRound(ref x10, ref x11, ref x8, ref x9);
            QuarterRound(ref x15, ref x12, ref x13, ref x14);
        }

        b[0] += x0; b[1] += x1; b[2] += x2; b[3] += x3;
        b[4] += x4; b[5] += x5; b[6] += x6; b[7] += x7;
        b[8] += x8; b[9] += x9; b[10] += x10; b[11] += x11;
        b[12] += x12; b[13] += x13; b[14] += x14; b[15] += x15;
    }

    private static void QuarterRound(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        b ^= BitOperations.RotateLeft(a + d, 7);
        c ^= BitOperations.RotateLeft(b + a, 9);
        d ^= BitOperations.RotateLeft(c + b, 13);
        a ^= BitOperations.RotateLeft(d + c, 18);
    }
}
