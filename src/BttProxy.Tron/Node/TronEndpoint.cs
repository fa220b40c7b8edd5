namespace BttProxy.Tron.Node;

/// <summary>One node: its gRPC service, and the one that answers from solidified state only.</summary>
/// <param name="FullNode">Such as http://grpc.trongrid.io:50051.</param>
/// <param name="SolidityNode">Such as http://grpc.trongrid.io:50052.</param>
public sealed record TronEndpoint(Uri FullNode, Uri SolidityNode)
{
    /// <summary>Sent as TRON-PRO-API-KEY. Never logged.</summary>
    public string? ApiKey { get; init; }

    /// <summary>For messages: without anything that may be secret.</summary>
    public override string ToString() => FullNode.Authority;
}
