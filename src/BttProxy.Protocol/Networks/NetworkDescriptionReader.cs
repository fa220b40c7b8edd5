using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using BttProxy.Protocol.Keys;

namespace BttProxy.Protocol.Networks;

/// <summary>Reads <c>network.json</c>; every failure names the field and says what it should be.</summary>
internal static class NetworkDescriptionReader
{
    private const int MaxNameLength = 32;
    private const int MaxBootstrap = 64;
    private const int MaxNodes = 16;

    public static NetworkDescription Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > NetworkDescription.MaxLength)
        {
            throw new InvalidNetworkException(
                $"The network description is longer than {NetworkDescription.MaxLength} bytes; name the network.json that devnet wrote.");
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 8 });
            return Read(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new InvalidNetworkException(
                $"The network description is not valid JSON at line {error.LineNumber + 1}; correct it or let devnet write it again.",
                error);
        }
        catch (InvalidOperationException error)
        {
            // A lone surrogate in a string: JSON by grammar, no text by Unicode.
            throw new InvalidNetworkException("The network description contains text that is not valid Unicode.", error);
        }
    }

    private static NetworkDescription Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidNetworkException("The network description must be a JSON object.");
        }

        if (!Field(root, "version", JsonValueKind.Number).TryGetInt32(out var version) || version != NetworkDescription.Version)
        {
            throw new InvalidNetworkException(
                $"The network description has another version than {NetworkDescription.Version}; use the program that wrote it.");
        }

        var chain = Field(root, "chain", JsonValueKind.Object);
        return new NetworkDescription
        {
            Name = Name(root),
            ChainId = Field(root, "chainId", JsonValueKind.Number).TryGetUInt64(out var chainId)
                ? chainId
                : throw Wrong("chainId", "a whole number"),
            Contract = Address(root, "contract"),
            Token = Address(root, "token"),
            DhtBootstrap = Bootstrap(root),
            AllowPrivateAddresses = root.TryGetProperty("allowPrivateAddresses", out var allow)
                && (allow.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? allow.GetBoolean()
                    : throw Wrong("allowPrivateAddresses", "true or false")),
            Chain = Chain(chain),
            Wallet = Wallet(root),
        };
    }

    private static string Name(JsonElement root)
    {
        var name = Text(root, "name");
        return name.Length is > 0 and <= MaxNameLength && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')
            ? name
            : throw Wrong("name", $"1 to {MaxNameLength} letters, digits, dots or hyphens");
    }

    private static TronAddress Address(JsonElement root, string field) =>
        TronAddress.TryParse(Text(root, field), out var address) ? address : throw Wrong(field, "a TRON address (T...)");

    private static ImmutableArray<IPEndPoint> Bootstrap(JsonElement root)
    {
        var array = Field(root, "dhtBootstrap", JsonValueKind.Array);
        if (array.GetArrayLength() > MaxBootstrap)
        {
            throw Wrong("dhtBootstrap", $"at most {MaxBootstrap} entries");
        }

        var endpoints = ImmutableArray.CreateBuilder<IPEndPoint>();
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String
                || !IPEndPoint.TryParse(item.GetString()!, out var endpoint)
                || endpoint.Port == 0)
            {
                throw Wrong("dhtBootstrap", "addresses with ports such as \"127.0.0.1:6881\"");
            }

            endpoints.Add(endpoint);
        }

        return endpoints.ToImmutable();
    }

    private static ChainDescription Chain(JsonElement chain)
    {
        if (Text(chain, "kind") is not ChainDescription.Tron)
        {
            throw Wrong("chain.kind", "\"tron\"");
        }

        var nodes = Field(chain, "nodes", JsonValueKind.Array);
        if (nodes.GetArrayLength() is < 1 or > MaxNodes)
        {
            throw Wrong("chain.nodes", $"1 to {MaxNodes} nodes");
        }

        return new ChainDescription([.. nodes.EnumerateArray().Select(static node => node.ValueKind == JsonValueKind.Object
            ? new ChainNode(Url(node, "fullNode", "chain.nodes.fullNode"), Url(node, "solidityNode", "chain.nodes.solidityNode"))
            : throw Wrong("chain.nodes", "objects with fullNode and solidityNode"))])
        {
            JsonRpc = JsonRpc(chain),
            StartBlock = StartBlock(chain),
        };
    }

    // One address, or a list of them.
    private static ImmutableArray<Uri> JsonRpc(JsonElement chain)
    {
        if (!chain.TryGetProperty("jsonRpc", out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => [Url(value, "chain.jsonRpc")],
            JsonValueKind.Array when value.GetArrayLength() <= MaxNodes => [.. value.EnumerateArray().Select(static url => Url(url, "chain.jsonRpc"))],
            _ => throw Wrong("chain.jsonRpc", $"an http or https address, or a list of at most {MaxNodes} of them"),
        };
    }

    private static long StartBlock(JsonElement chain) =>
        !chain.TryGetProperty("startBlock", out var value) ? 0
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var block) && block >= 0 ? block
        : throw Wrong("chain.startBlock", "a block's number, 0 or more");

    private static Uri Url(JsonElement node, string field, string name) => Url(Field(node, field, JsonValueKind.String), name);

    private static Uri Url(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String && Uri.TryCreate(value.GetString(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw Wrong(name, "an http or https address");

    private static WalletReference? Wallet(JsonElement root) =>
        root.TryGetProperty("wallet", out var wallet) && wallet.ValueKind != JsonValueKind.Null
            ? wallet.ValueKind == JsonValueKind.Object
                ? new WalletReference(Text(wallet, "file"), Text(wallet, "passwordFile"))
                : throw Wrong("wallet", "an object with file and passwordFile")
            : null;

    private static string Text(JsonElement parent, string field) => Field(parent, field, JsonValueKind.String).GetString()!;

    private static JsonElement Field(JsonElement parent, string field, JsonValueKind kind) =>
        parent.TryGetProperty(field, out var value) && value.ValueKind == kind
            ? value
            : throw Wrong(field, kind switch
            {
                JsonValueKind.Number => "a number",
                JsonValueKind.String => "text",
                JsonValueKind.Array => "a list",
                _ => "an object",
            });

    private static InvalidNetworkException Wrong(string field, string expected) =>
        new($"The network description's \"{field}\" must be {expected}.");
}
