using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>What all calls of one transaction share.</summary>
internal sealed class Execution(TvmMessage message, TvmState state, TvmBlock block, TvmRules rules)
{
    private readonly List<TvmLog> _logs = [];

    public TvmState State { get; } = state;

    public TvmBlock Block { get; } = block;

    public TvmRules Rules { get; } = rules;

    public TronAddress Origin { get; } = message.Caller;

    public Bytes32 TransactionId { get; } = message.TransactionId;

    /// <summary>Calls, creations and self-destructions so far; never goes back (<see cref="ContractAddresses.Created"/>).</summary>
    public long InternalTransactions { get; set; }

    public IReadOnlyList<TvmLog> Logs => _logs;

    public void Add(TvmLog log) => _logs.Add(log);

    public (StateMoment State, int Logs) Moment => (State.Moment, _logs.Count);

    public void GoBack((StateMoment State, int Logs) moment)
    {
        State.GoBack(moment.State);
        _logs.RemoveRange(moment.Logs, _logs.Count - moment.Logs);
    }
}
