using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>One TRON node.</summary>
public sealed class ChainNodeOptions
{
    /// <summary>gRPC address of the full node, http or https, such as "http://grpc.trongrid.io:50051".</summary>
    public required string FullNode { get; set; }

    /// <summary>gRPC address of its solidity service, such as "http://grpc.trongrid.io:50052".</summary>
    public required string SolidityNode { get; set; }

    /// <summary>File with the key that this node's operator gave, one line, sent to this node alone. Null: none. Default: null.</summary>
    [ExistingPath(PathKind.File)]
    public string? ApiKeyFile { get; set; }
}
