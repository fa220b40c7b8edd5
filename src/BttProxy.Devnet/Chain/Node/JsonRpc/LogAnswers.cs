using System.Globalization;
using System.Text.Json;
using BttProxy.Tron.Node.Wire;
using Google.Protobuf;

namespace BttProxy.Devnet.Chain.Node.JsonRpc;

/// <summary>What a node answers to <c>eth_getLogs</c>.</summary>
internal static class LogAnswers
{
    /// <summary>java-tron's default of <c>node.jsonrpc.maxBlockRange</c>: the difference of the ends, as it counts.</summary>
    public const int MaxBlockRange = 5000;

    /// <summary>java-tron's LogBlockQuery.MAX_RESULT.</summary>
    public const int MaxResults = 10_000;

    /// <exception cref="JsonRpcError">Too much is asked for.</exception>
    public static void Write(Utf8JsonWriter writer, ChainView view, LogQuery query)
    {
        var last = Math.Min(query.To, view.Number);
        if (last - query.From > MaxBlockRange)
        {
            throw new JsonRpcError(
                JsonRpcError.InvalidParameters, string.Create(CultureInfo.InvariantCulture, $"exceed max block range: {MaxBlockRange}"));
        }

        var results = 0;
        writer.WriteStartArray();
        for (var number = query.From; number <= last; number++)
        {
            var (index, position) = (0, 0);
            foreach (var info in view.InfosOf(number))
            {
                foreach (var log in info.Log)
                {
                    if (query.Matches(log))
                    {
                        Write(writer, view, number, info, position, log, index);
                        results++;
                    }

                    index++;
                }

                position++;
            }

            if (results > MaxResults)
            {
                throw new JsonRpcError(
                    JsonRpcError.LimitExceeded, string.Create(CultureInfo.InvariantCulture, $"query returned more than {MaxResults} results"));
            }
        }

        writer.WriteEndArray();
    }

    public static string Quantity(long value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    private static void Write(
        Utf8JsonWriter writer, ChainView view, long number, TransactionInfo info, int position, TransactionInfo.Types.Log log, int index)
    {
        writer.WriteStartObject();
        writer.WriteString("address", Data(log.Address));
        writer.WriteString("blockHash", view.BlockId(number).ToString());
        writer.WriteString("blockNumber", Quantity(number));
        writer.WriteString("blockTimestamp", Quantity(info.BlockTimeStamp / 1000));
        writer.WriteString("data", Data(log.Data));
        writer.WriteString("logIndex", Quantity(index));
        writer.WriteBoolean("removed", false);
        writer.WriteStartArray("topics");
        foreach (var topic in log.Topics)
        {
            writer.WriteStringValue(Data(topic));
        }

        writer.WriteEndArray();
        writer.WriteString("transactionHash", Data(info.Id));
        writer.WriteString("transactionIndex", Quantity(position));
        writer.WriteEndObject();
    }

    private static string Data(ByteString bytes) => "0x" + Convert.ToHexStringLower(bytes.Span);
}
