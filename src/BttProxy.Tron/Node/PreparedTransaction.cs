namespace BttProxy.Tron.Node;

/// <summary>A call made ready to be sent.</summary>
/// <param name="Transaction">Signed; null when the contract would refuse it in the newest block.</param>
/// <param name="Refusal">Why it would.</param>
/// <param name="Energy">What it needs in the newest block.</param>
/// <param name="FeeLimit">Most sun that it may burn for energy.</param>
public sealed record PreparedTransaction(TronTransaction? Transaction, ReadOnlyMemory<byte> Refusal, long Energy, long FeeLimit);
