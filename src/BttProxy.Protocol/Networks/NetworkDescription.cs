using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Protocol.Networks;

/// <summary>What a program must know to take part in one marketplace: <c>network.json</c>.</summary>
public sealed record NetworkDescription
{
    public const int Version = 1;

    /// <summary>Longest file that is read.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Part of the rendezvous: networks of different names never meet.</summary>
    public required string Name { get; init; }

    public required ulong ChainId { get; init; }

    /// <summary>The settlement contract.</summary>
    public required TronAddress Contract { get; init; }

    /// <summary>The token that vouchers are in.</summary>
    public required TronAddress Token { get; init; }

    /// <summary>First contacts in the DHT; at most 64.</summary>
    public required ImmutableArray<IPEndPoint> DhtBootstrap { get; init; }

    /// <summary>Lets the connect guard pass loopback and private addresses: for a devnet only.</summary>
    public bool AllowPrivateAddresses { get; init; }

    public required ChainDescription Chain { get; init; }

    /// <summary>A funded wallet for a user who named none: on a devnet only.</summary>
    public WalletReference? Wallet { get; init; }

    public ChannelDomain Domain => new(ChainId, Contract);

    /// <exception cref="InvalidNetworkException">Not a usable description; one line says which field and why.</exception>
    public static NetworkDescription Parse(ReadOnlyMemory<byte> utf8) => NetworkDescriptionReader.Read(utf8);

    /// <summary>UTF-8 JSON that <see cref="Parse"/> reads back.</summary>
    public byte[] ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteString("name", Name);
            writer.WriteNumber("chainId", ChainId);
            writer.WriteString("contract", Contract.ToString());
            writer.WriteString("token", Token.ToString());
            writer.WriteStartArray("dhtBootstrap");
            foreach (var endpoint in DhtBootstrap)
            {
                writer.WriteStringValue(endpoint.ToString());
            }

            writer.WriteEndArray();
            writer.WriteBoolean("allowPrivateAddresses", AllowPrivateAddresses);
            writer.WriteStartObject("chain");
            writer.WriteString("kind", ChainDescription.Tron);
            writer.WriteStartArray("nodes");
            foreach (var node in Chain.Nodes)
            {
                writer.WriteStartObject();
                writer.WriteString("fullNode", node.FullNode.ToString());
                writer.WriteString("solidityNode", node.SolidityNode.ToString());
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            WriteEvents(writer);
            writer.WriteEndObject();
            if (Wallet is not null)
            {
                writer.WriteStartObject("wallet");
                writer.WriteString("file", Wallet.File);
                writer.WriteString("passwordFile", Wallet.PasswordFile);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private void WriteEvents(Utf8JsonWriter writer)
    {
        if (!Chain.JsonRpc.IsEmpty)
        {
            writer.WriteStartArray("jsonRpc");
            foreach (var url in Chain.JsonRpc)
            {
                writer.WriteStringValue(url.ToString());
            }

            writer.WriteEndArray();
        }

        writer.WriteNumber("startBlock", Chain.StartBlock);
    }
}
