using System.Buffers.Binary;
using System.Collections.Immutable;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Backup;

/// <summary>
/// The plain form of a page, version 1: count, payee, authoriser and token of all its channels, then for each channel payer, signer,
/// withdraw delay (5 bytes), salt, epoch (8), amount (16), signature (65); numbers big-endian, zeros to the end. There is one form of
/// each page, and the channel's id is not in it: it is computed in the domain of whoever reads.
/// </summary>
internal static class PageCodec
{
    public const int Capacity = 5;

    private const int DelayLength = 5;
    private const int PartiesLength = 3 * TronAddress.Length;
    private const int EntryLength =
        (2 * TronAddress.Length) + DelayLength + Bytes32.Length + sizeof(ulong) + TokenAmount.EncodedLength + RecoverableSignature.Length;

    private const int EntriesAt = 1 + PartiesLength;

    /// <summary>What is left of a BEP 44 item (996 bytes) when it is sealed.</summary>
    public const int Length = 996 - PageSeal.Overhead;

    /// <summary>Channels of one page share these.</summary>
    public static bool ShareParties(ChannelTerms left, ChannelTerms right) =>
        left.Payee == right.Payee && left.PayeeAuthorizer == right.PayeeAuthorizer && left.Token == right.Token;

    /// <param name="entries">At most <see cref="Capacity"/>, of the same parties.</param>
    /// <param name="page">All of it is written.</param>
    public static void Write(ImmutableArray<BackupEntry> entries, Span<byte> page)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entries.Length, Capacity);
        ArgumentOutOfRangeException.ThrowIfNotEqual(page.Length, Length);
        page.Clear();
        page[0] = (byte)entries.Length;
        if (entries.IsEmpty)
        {
            return;
        }

        var parties = new PageWriter(page[1..EntriesAt]);
        parties.Add(entries[0].Terms.Payee.Span);
        parties.Add(entries[0].Terms.PayeeAuthorizer.Span);
        parties.Add(entries[0].Terms.Token.Span);
        for (var i = 0; i < entries.Length; i++)
        {
            if (!ShareParties(entries[0].Terms, entries[i].Terms))
            {
                throw new ArgumentException("The channels of a page have one payee, authoriser and token.", nameof(entries));
            }

            Write(entries[i], page.Slice(EntriesAt + (i * EntryLength), EntryLength));
        }
    }

    /// <summary>False for anything that <see cref="Write(ImmutableArray{BackupEntry}, Span{byte})"/> would not have written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> page, ChannelDomain domain, out ImmutableArray<BackupEntry> entries)
    {
        entries = [];
        if (page.Length != Length || page[0] > Capacity)
        {
            return false;
        }

        var used = page[0] == 0 ? 1 : EntriesAt + (page[0] * EntryLength);
        if (page[used..].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        var read = ImmutableArray.CreateBuilder<BackupEntry>(page[0]);
        for (var i = 0; i < page[0]; i++)
        {
            var entry = Read(page[1..EntriesAt], page.Slice(EntriesAt + (i * EntryLength), EntryLength), domain);
            if (entry.Voucher.Voucher.Cumulative == TokenAmount.Zero || read.Any(earlier => earlier.Id == entry.Id))
            {
                return false;
            }

            read.Add(entry);
        }

        entries = read.MoveToImmutable();
        return true;
    }

    private static void Write(BackupEntry entry, Span<byte> destination)
    {
        var (terms, voucher) = (entry.Terms, entry.Voucher.Voucher);
        Span<byte> number = stackalloc byte[TokenAmount.EncodedLength];
        var writer = new PageWriter(destination);
        writer.Add(terms.Payer.Span);
        writer.Add(terms.Signer.Span);
        BinaryPrimitives.WriteUInt64BigEndian(number, terms.WithdrawDelay);
        writer.Add(number[(sizeof(ulong) - DelayLength)..sizeof(ulong)]);
        writer.Add(terms.Salt.Span);
        BinaryPrimitives.WriteUInt64BigEndian(number, voucher.Epoch);
        writer.Add(number[..sizeof(ulong)]);
        BinaryPrimitives.WriteUInt128BigEndian(number, voucher.Cumulative.Units);
        writer.Add(number);
        writer.Add(entry.Voucher.Signature.Span);
    }

    private static BackupEntry Read(ReadOnlySpan<byte> parties, ReadOnlySpan<byte> source, ChannelDomain domain)
    {
        Span<byte> delay = stackalloc byte[sizeof(ulong)];
        delay.Clear();
        var common = new PageReader(parties);
        var (payee, authorizer, token) = (common.Address(), common.Address(), common.Address());
        var reader = new PageReader(source);
        var (payer, signer) = (reader.Address(), reader.Address());
        reader.Take(DelayLength).CopyTo(delay[(sizeof(ulong) - DelayLength)..]);
        var salt = new Bytes32(reader.Take(Bytes32.Length));
        var terms = new ChannelTerms(payer, signer, payee, authorizer, token, BinaryPrimitives.ReadUInt64BigEndian(delay), salt);
        var epoch = BinaryPrimitives.ReadUInt64BigEndian(reader.Take(sizeof(ulong)));
        var amount = new TokenAmount(BinaryPrimitives.ReadUInt128BigEndian(reader.Take(TokenAmount.EncodedLength)));
        var signature = new RecoverableSignature(reader.Take(RecoverableSignature.Length));
        return new BackupEntry(terms, new SignedVoucher(new Voucher(terms.Id(domain), epoch, amount), signature));
    }

    private ref struct PageWriter(Span<byte> rest)
    {
        private Span<byte> _rest = rest;

        public void Add(scoped ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_rest);
            _rest = _rest[bytes.Length..];
        }
    }

    private ref struct PageReader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public TronAddress Address() => new(Take(TronAddress.Length));

        public ReadOnlySpan<byte> Take(int count)
        {
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
