using System.Collections.Immutable;

namespace BttProxy.Tron.Node;

/// <summary>What an account owns. One that was never used owns nothing.</summary>
/// <param name="Sun">Millionths of a TRX.</param>
/// <param name="Tokens">Base units by TRC-10 id.</param>
public sealed record TronAccount(long Sun, ImmutableDictionary<long, long> Tokens);
