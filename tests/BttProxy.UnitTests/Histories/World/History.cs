using System.Globalization;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>A world's make-up and what happens in it.</summary>
/// <param name="Nodes">How many nodes tell of the chain.</param>
/// <param name="Honesty">One bit for each payer, then for each relay.</param>
/// <param name="Steps">In order.</param>
internal sealed record History(int Nodes, int Honesty, IReadOnlyList<Step> Steps)
{
    public const int Payers = 3;
    public const int Relays = 3;

    // The longer, the more of it.
    private static readonly (StepKind Kind, int Weight)[] Weights =
    [
        (StepKind.Deposit, 3), (StepKind.WithdrawDeposit, 2), (StepKind.Open, 14), (StepKind.Fetch, 34), (StepKind.FetchAborted, 4),
        (StepKind.FetchGarbage, 4), (StepKind.Pay, 14), (StepKind.Close, 7), (StepKind.RequestWithdraw, 4), (StepKind.FinishWithdraw, 5),
        (StepKind.ClaimByStranger, 4), (StepKind.PassBlocks, 10), (StepKind.PassHours, 3), (StepKind.Work, 10), (StepKind.LoseRelay, 4),
        (StepKind.StartRelay, 4), (StepKind.LosePayer, 4), (StepKind.CopyMemory, 1), (StepKind.RestoreMemory, 1), (StepKind.Fork, 4),
        (StepKind.DropTransactions, 2), (StepKind.StarveTransactions, 2), (StepKind.NodesOut, 2), (StepKind.NodesBack, 3), (StepKind.NodeLies, 2),
        (StepKind.LoseRequest, 3), (StepKind.LoseAnswer, 3), (StepKind.RelayLies, 5),
    ];

    private static readonly int TotalWeight = Weights.Sum(static entry => entry.Weight);

    public static History Generate(int seed, int steps)
    {
        var random = new Random(seed);
        return new History(
            random.Next(4) == 0 ? 3 : 1, random.Next(1 << (Payers + Relays)),
            [.. Enumerable.Range(0, steps).Select(_ => new Step(Pick(random.Next(TotalWeight)), random.Next(64), random.Next(64), random.Next(1 << 16)))]);
    }

    /// <summary>The payer of number 0 and the relay of number 0 are honest always.</summary>
    public bool IsPayerHonest(int payer) => payer == 0 || (Honesty >> payer & 1) != 0;

    public bool IsRelayHonest(int relay) => relay == 0 || (Honesty >> (Payers + relay) & 1) != 0;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"new History({Nodes}, {Honesty}, [{string.Join(", ", Steps.Select(static step => $"new(StepKind.{step.Kind}, {step.A}, {step.B}, {step.C})"))}])");

    private static StepKind Pick(int number)
    {
        foreach (var (kind, weight) in Weights)
        {
            if (number < weight)
            {
                return kind;
            }

            number -= weight;
        }

        throw new ArgumentOutOfRangeException(nameof(number));
    }
}
