namespace BttProxy.UnitTests.Histories.World;

internal enum StepKind
{
    Deposit,
    WithdrawDeposit,
    Open,
    Fetch,
    FetchAborted,
    FetchGarbage,
    Pay,
    Close,
    RequestWithdraw,
    FinishWithdraw,
    ClaimByStranger,
    PassBlocks,
    PassHours,
    Work,
    LoseRelay,
    StartRelay,
    LosePayer,
    CopyMemory,
    RestoreMemory,
    Fork,
    DropTransactions,
    StarveTransactions,
    NodesOut,
    NodesBack,
    NodeLies,
    LoseRequest,
    LoseAnswer,
    RelayLies,
}

/// <summary>
/// One step. Its numbers mean something in every world, so that any part of a history is a history: who, with whom, and how much.
/// </summary>
internal readonly record struct Step(StepKind Kind, int A, int B, int C)
{
    public override string ToString() => $"{Kind}({A},{B},{C})";
}
