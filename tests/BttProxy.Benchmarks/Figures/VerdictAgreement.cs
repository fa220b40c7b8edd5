using BttProxy.Protocol.Keys;
using BttProxy.Tron;
using BttProxy.UnitTests.Tron.Contracts.World;

namespace BttProxy.Benchmarks.Figures;

/// <summary>
/// Mutated signatures that the contract's bytecode judges otherwise than our own code does, portable or native, recovering or knowing the
/// signer. The contract runs on our virtual machine; tests/interop/contract compares on anvil.
/// </summary>
internal sealed class VerdictAgreement : IFigure
{
    private const int Signatures = 10_000;

    public string Name => "verdict-agreement";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        Secp256k1Backend[] backends =
            Secp256k1.Backend == Secp256k1Backend.Native ? [Secp256k1Backend.Portable, Secp256k1Backend.Native] : [Secp256k1Backend.Portable];
        var comparison = await VerdictComparison.RunAsync(new TvmEvm(), Signatures, backends, seed: 4);
        var outcomes = comparison.Outcomes;
        return new Figure
        {
            Name = Name,
            Value = comparison.Disagreements,
            Unit = "signatures judged differently",
            Reference = "mutated signatures claimed",
            ReferenceValue = comparison.Compared,
            Ratio = (double)comparison.Disagreements / comparison.Compared,
            Budget = "= 0 of 10000",
            Pass = comparison.Disagreements == 0 && comparison.Compared == Signatures,
            Details = new Dictionary<string, double>
            {
                ["claimed"] = outcomes.GetValueOrDefault(ClaimOutcome.Claimed),
                ["wrongSigner"] = outcomes.GetValueOrDefault(ClaimOutcome.WrongSigner),
                ["badSignature"] = outcomes.GetValueOrDefault(ClaimOutcome.BadSignature),
                ["backends"] = backends.Length,
            },
        };
    }
}
