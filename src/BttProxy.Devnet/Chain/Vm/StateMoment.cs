namespace BttProxy.Devnet.Chain.Vm;

/// <summary>A moment of <see cref="TvmState"/> to go back to.</summary>
internal readonly record struct StateMoment(int Accounts, int Slots, int Tokens, int Written, int Transient, int Doomed);
