namespace BttProxy.Protocol.Networks;

/// <param name="FullNode">gRPC address of the node, http or https.</param>
/// <param name="SolidityNode">gRPC address of the service that tells only what cannot be undone.</param>
public sealed record ChainNode(Uri FullNode, Uri SolidityNode);
