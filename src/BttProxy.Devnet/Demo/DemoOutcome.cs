using BttProxy.Devnet.Books;

namespace BttProxy.Devnet.Demo;

/// <summary>The demo's report and the books that it was made from.</summary>
internal sealed record DemoOutcome(DemoReport Report, PayerStatement Payer, IReadOnlyList<RelayStatement> Relays, IReadOnlyList<BookCheck> Checks);
