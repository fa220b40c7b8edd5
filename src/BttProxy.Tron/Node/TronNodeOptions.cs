using Grpc.Core;

namespace BttProxy.Tron.Node;

/// <summary>Whom to ask about the chain, and how politely.</summary>
public sealed record TronNodeOptions
{
    /// <summary>At least one. Nodes of different operators: one that lies, or is behind, is outvoted.</summary>
    public required IReadOnlyList<TronEndpoint> Endpoints { get; init; }

    /// <summary>How many of them must say the same before money depends on it; by default more than half.</summary>
    public int? Agreement { get; init; }

    /// <summary>For each endpoint. TronGrid allows 15 with a key.</summary>
    public int RequestsPerSecond { get; init; } = 10;

    /// <summary>Of one request, waiting for its turn included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For tests: how requests to an address are sent, without a network. Null: gRPC over HTTP/2.</summary>
    internal Func<Uri, CallInvoker>? Connect { get; init; }

    internal int Quorum => Agreement ?? ((Endpoints.Count / 2) + 1);

    /// <exception cref="ArgumentException">Names what is wrong.</exception>
    internal void Validate()
    {
        if (Endpoints.Count == 0)
        {
            throw new ArgumentException("No TRON node is configured; name at least one.");
        }

        if (Quorum < 1 || Quorum > Endpoints.Count)
        {
            throw new ArgumentException($"{Quorum} of {Endpoints.Count} TRON nodes cannot agree; name more nodes or lower the agreement.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(RequestsPerSecond, 1);
    }
}
