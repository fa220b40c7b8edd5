namespace BttProxy.Tron.JsonRpc;

/// <summary>How a JSON-RPC service is asked.</summary>
internal sealed record JsonRpcOptions
{
    /// <summary>TronGrid allows 15 with a key.</summary>
    public int RequestsPerSecond { get; init; } = 10;

    /// <summary>Of one request. A search through 5,000 blocks reads them from the node's disk.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>So often is one request sent again while the service asks for patience or cannot be reached.</summary>
    public int Repetitions { get; init; } = 6;

    /// <summary>java-tron answers with 10,000 events at most; one of ours has less than a kilobyte.</summary>
    public int MaxAnswerBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>java-tron's limit (<c>node.jsonrpc.maxBlockRange</c>), which TronGrid has too.</summary>
    public long MaxBlocks { get; init; } = 5000;

    /// <summary>For tests: how requests are sent, without a network. Null: HTTP.</summary>
    public Func<HttpMessageHandler>? Connect { get; init; }
}
