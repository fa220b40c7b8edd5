using System.Buffers;
using System.Text.Json;

namespace BttProxy.Devnet.Chain.Node.JsonRpc;

/// <summary>
/// java-tron's JSON-RPC service (<c>POST /jsonrpc</c>), as far as events need it: <c>eth_getLogs</c>, <c>eth_blockNumber</c>,
/// <c>eth_chainId</c>, <c>net_version</c>; one request or a list of them. Its errors are answers with HTTP status 200.
/// </summary>
internal static class JsonRpcEndpoint
{
    public const string Path = "/jsonrpc";

    private const int MaxRequestBytes = 1024 * 1024;
    private const int MaxRequests = 100;

    public static async Task AnswerAsync(HttpContext context)
    {
        var front = context.RequestServices.GetRequiredService<NodeFront>();
        if (front.IsOut)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        await using (var writer = new Utf8JsonWriter(buffer))
        {
            try
            {
                await AnswerAsync(writer, front, context);
            }
            catch (InvalidOperationException)
            {
                // A lone surrogate in a string: JSON by grammar, no text by Unicode.
                buffer.Clear();
                writer.Reset();
                WriteError(writer, null, new JsonRpcError(JsonRpcError.ParseError, "JSON parse error"));
            }
        }

        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }

    private static async Task AnswerAsync(Utf8JsonWriter writer, NodeFront front, HttpContext context)
    {
        JsonDocument document;
        try
        {
            if (context.Request.ContentLength is null or > MaxRequestBytes)
            {
                throw new JsonException("Too long.");
            }

            document = await JsonDocument.ParseAsync(context.Request.Body, new JsonDocumentOptions { MaxDepth = 16 }, context.RequestAborted);
        }
        catch (JsonException)
        {
            WriteError(writer, null, new JsonRpcError(JsonRpcError.ParseError, "JSON parse error"));
            return;
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Array)
            {
                await AnswerAsync(writer, root, front, context.RequestAborted);
            }
            else if (root.GetArrayLength() is 0 or > MaxRequests)
            {
                WriteError(writer, null, new JsonRpcError(JsonRpcError.InvalidRequest, "Invalid Request"));
            }
            else
            {
                writer.WriteStartArray();
                foreach (var request in root.EnumerateArray())
                {
                    await AnswerAsync(writer, request, front, context.RequestAborted);
                }

                writer.WriteEndArray();
            }
        }
    }

    private static async Task AnswerAsync(Utf8JsonWriter writer, JsonElement request, NodeFront front, CancellationToken cancellationToken)
    {
        JsonElement? id = request.ValueKind == JsonValueKind.Object && request.TryGetProperty("id", out var given) ? given : null;
        try
        {
            var result = await front.Chain.ReadAsync(view => Result(request, view, front), isSolidified: false, cancellationToken, front.BlocksBehind);
            WriteStart(writer, id);
            writer.WritePropertyName("result");
            writer.WriteRawValue(result.Span);
            writer.WriteEndObject();
        }
        catch (Exception failure) when (failure is JsonRpcError or BttProxy.Tron.ChainException)
        {
            WriteError(writer, id, failure as JsonRpcError ?? new JsonRpcError(JsonRpcError.Internal, failure.Message));
        }
    }

    private static ReadOnlyMemory<byte> Result(JsonElement request, ChainView view, NodeFront front)
    {
        if (request.ValueKind != JsonValueKind.Object || !request.TryGetProperty("method", out var method) || method.ValueKind != JsonValueKind.String)
        {
            throw new JsonRpcError(JsonRpcError.InvalidRequest, "Invalid Request");
        }

        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        switch (method.GetString())
        {
            case "eth_chainId" or "net_version":
                writer.WriteStringValue(LogAnswers.Quantity(front.Chain.Genesis.ChainId));
                break;
            case "eth_blockNumber":
                writer.WriteStringValue(LogAnswers.Quantity(view.Number));
                break;
            case "eth_getLogs":
                LogAnswers.Write(writer, view, LogQuery.Read(OnlyParameter(request), view));
                break;
            default:
                throw new JsonRpcError(JsonRpcError.MethodNotFound, "method not found");
        }

        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static JsonElement OnlyParameter(JsonElement request) =>
        request.TryGetProperty("params", out var parameters) && parameters.ValueKind == JsonValueKind.Array && parameters.GetArrayLength() == 1
            ? parameters[0]
            : throw new JsonRpcError(JsonRpcError.InvalidParameters, "method parameters invalid");

    private static void WriteStart(Utf8JsonWriter writer, JsonElement? id)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc", "2.0");
        writer.WritePropertyName("id");
        if (id is { ValueKind: JsonValueKind.String or JsonValueKind.Number } known)
        {
            known.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static void WriteError(Utf8JsonWriter writer, JsonElement? id, JsonRpcError error)
    {
        WriteStart(writer, id);
        writer.WriteStartObject("error");
        writer.WriteNumber("code", error.Code);
        writer.WriteString("message", error.Message);
        writer.WriteString("data", "{}");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
