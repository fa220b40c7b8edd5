using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Tron;

namespace BttProxy.UnitTests.Tron.Contracts.World;

/// <summary>What the contract's claims and our own code say about the same mutated signatures.</summary>
internal sealed class VerdictComparison
{
    private const int Batch = 50;

    private readonly Dictionary<ClaimOutcome, int> _outcomes = [];

    /// <summary>Signatures that the contract and any of our ways to check judge differently.</summary>
    public int Disagreements { get; private set; }

    public int Compared { get; private set; }

    public IReadOnlyDictionary<ClaimOutcome, int> Outcomes => _outcomes;

    /// <param name="evm">Executes the contract.</param>
    /// <param name="count">A multiple of 50.</param>
    /// <param name="backends">Each recovers in full, and by a signer that is known.</param>
    /// <param name="seed">Of the mutations.</param>
    public static async Task<VerdictComparison> RunAsync(IEvm evm, int count, IReadOnlyList<Secp256k1Backend> backends, int seed)
    {
        var comparison = new VerdictComparison();
        var world = await ChannelsWorld.CreateAsync(evm);
        await world.FundAsync(ChannelsWorld.Payer.Address, (uint)count);
        await world.DepositAsync((uint)count);
        await world.OpenAsync((uint)count);
        var mutations = new SignatureMutations(seed);
        var known = backends.Select(backend => new KnownSigner(backend, ChannelsWorld.Session.Address)).ToArray();
        for (var first = 1; first <= count; first += Batch)
        {
            var rows = Enumerable.Range(first, Batch).Select(total => Row(world, mutations, total)).ToArray();
            var results = await world.ClaimAsync(rows);
            for (var i = 0; i < Batch; i++)
            {
                comparison.Compare(world.Domain, rows[i].Voucher, results[i].Outcome, backends, known);
            }
        }

        return comparison;
    }

    private static ClaimRow Row(ChannelsWorld world, SignatureMutations mutations, int total)
    {
        var voucher = new Voucher(world.Terms.Id(world.Domain), 0, ChannelsWorld.Amount((uint)total));
        return new ClaimRow(world.Terms, new SignedVoucher(voucher, mutations.Next(voucher.Digest(world.Domain), ChannelsWorld.Session)));
    }

    private void Compare(
        ChannelDomain domain, SignedVoucher voucher, ClaimOutcome outcome, IReadOnlyList<Secp256k1Backend> backends, KnownSigner[] known)
    {
        Compared++;
        _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
        var digest = voucher.Voucher.Digest(domain);
        var agrees = true;
        for (var i = 0; i < backends.Count; i++)
        {
            agrees &= Outcome(Secp256k1.Recover(backends[i], digest, voucher.Signature.Span, out var signer), signer) == outcome
                && Outcome(known[i].Recover(digest, voucher.Signature.Span, out signer), signer) == outcome;
        }

        Disagreements += agrees ? 0 : 1;
    }

    private static ClaimOutcome Outcome(SignatureVerdict verdict, TronAddress signer) =>
        verdict != SignatureVerdict.Valid ? ClaimOutcome.BadSignature
            : signer == ChannelsWorld.Session.Address ? ClaimOutcome.Claimed
            : ClaimOutcome.WrongSigner;
}
