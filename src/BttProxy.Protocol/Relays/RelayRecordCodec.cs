using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages.Formatters;
using BttProxy.Protocol.Money;
using MessagePack;

namespace BttProxy.Protocol.Relays;

/// <summary>
/// The record as one MessagePack array. Written by hand rather than by attributes: endpoints differ in length by tag,
/// and a reader of a DHT item must not touch anything before the version.
/// </summary>
internal static class RelayRecordCodec
{
    private const int FieldCount = 24;

    public static byte[] Encode(RelayRecord record)
    {
        if (!IsInRange(record))
        {
            throw new ArgumentException("The record's fields are out of range.", nameof(record));
        }

        var buffer = new ArrayBufferWriter<byte>(512);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(FieldCount);
        writer.Write(ProtocolConstants.RecordVersion);
        writer.Write(record.IssuedAt);
        writer.Write(record.TimeToLive);
        writer.WriteArrayHeader(record.Endpoints.Length);
        foreach (var endpoint in record.Endpoints)
        {
            writer.WriteArrayHeader(3);
            writer.Write(endpoint.Tag);
            writer.Write(endpoint.Address.GetAddressBytes());
            writer.Write(endpoint.Port);
        }

        writer.Write(record.ServerName);
        Put(ref writer, WireFormat.Hashes, record.TlsKeyHash);
        Put(ref writer, WireFormat.Hashes, record.PathKey);
        Put(ref writer, WireFormat.Addresses, record.Payee);
        Put(ref writer, WireFormat.Signatures, record.Binding);
        writer.Write(record.ChainId);
        Put(ref writer, WireFormat.Addresses, record.Contract);
        Put(ref writer, WireFormat.Addresses, record.Token);
        Put(ref writer, WireFormat.Prices, record.Price);
        writer.Write(record.FreeMegabytes);
        Put(ref writer, WireFormat.Amounts, record.MinimumDeposit);
        Put(ref writer, WireFormat.Amounts, record.OpenFee);
        writer.Write(record.WindowFloor.Value);
        writer.Write(record.WindowCeiling.Value);
        writer.Write((uint)record.Features);
        writer.Write(record.CapacityClass);
        writer.Write(record.Load);
        writer.Write(record.Region);
        Put(ref writer, WireFormat.Hashes, record.PolicyHash);
        writer.WriteArrayHeader(record.Neighbours.Length);
        foreach (var neighbour in record.Neighbours)
        {
            Put(ref writer, WireFormat.Hashes, neighbour.Value);
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Refuses everything that <see cref="Encode"/> would not have written, byte for byte.</summary>
    public static RecordRejection TryDecode(ReadOnlyMemory<byte> value, out RelayRecord? record)
    {
        record = null;
        try
        {
            var reader = new MessagePackReader(value);
            var count = reader.ReadArrayHeader();
            if (count == 0)
            {
                return RecordRejection.Malformed;
            }

            if (reader.ReadByte() != ProtocolConstants.RecordVersion)
            {
                return RecordRejection.UnsupportedVersion;
            }

            if (count != FieldCount)
            {
                return RecordRejection.Malformed;
            }

            var decoded = ReadFields(ref reader);
            if (!reader.End || !IsInRange(decoded) || !Encode(decoded).AsSpan().SequenceEqual(value.Span))
            {
                return RecordRejection.Malformed;
            }

            record = decoded;
            return RecordRejection.None;
        }
        catch (Exception error) when (error is MessagePackSerializationException or EndOfStreamException
            or OverflowException or ArgumentException)
        {
            return RecordRejection.Malformed;
        }
    }

    private static RelayRecord ReadFields(ref MessagePackReader reader) => new()
    {
        IssuedAt = reader.ReadUInt64(),
        TimeToLive = reader.ReadUInt32(),
        Endpoints = ReadEndpoints(ref reader),
        ServerName = ReadText(ref reader, RelayRecord.MaxServerNameLength),
        TlsKeyHash = Take(ref reader, WireFormat.Hashes),
        PathKey = Take(ref reader, WireFormat.Hashes),
        Payee = Take(ref reader, WireFormat.Addresses),
        Binding = Take(ref reader, WireFormat.Signatures),
        ChainId = reader.ReadUInt64(),
        Contract = Take(ref reader, WireFormat.Addresses),
        Token = Take(ref reader, WireFormat.Addresses),
        Price = Take(ref reader, WireFormat.Prices),
        FreeMegabytes = reader.ReadUInt32(),
        MinimumDeposit = Take(ref reader, WireFormat.Amounts),
        OpenFee = Take(ref reader, WireFormat.Amounts),
        WindowFloor = new ByteCount(reader.ReadInt64()),
        WindowCeiling = new ByteCount(reader.ReadInt64()),
        Features = (RelayFeatures)reader.ReadUInt32(),
        CapacityClass = reader.ReadByte(),
        Load = reader.ReadByte(),
        Region = ReadText(ref reader, RelayRecord.MaxRegionLength),
        PolicyHash = Take(ref reader, WireFormat.Hashes),
        Neighbours = ReadNeighbours(ref reader),
    };

    private static ImmutableArray<RelayEndpoint> ReadEndpoints(ref MessagePackReader reader)
    {
        var endpoints = ImmutableArray.CreateBuilder<RelayEndpoint>(ReadCount(ref reader, RelayRecord.MaxEndpoints));
        for (var left = endpoints.Capacity; left > 0; left--)
        {
            var fields = reader.ReadArrayHeader();
            var tag = reader.ReadByte();
            var address = reader.ReadBytes() ?? ReadOnlySequence<byte>.Empty;
            var expected = tag switch { RelayEndpoint.IPv4Tag => 4, RelayEndpoint.IPv6Tag => 16, _ => -1 };
            if (fields != 3 || address.Length != expected)
            {
                throw new MessagePackSerializationException("Not an endpoint.");
            }

            endpoints.Add(new RelayEndpoint(new IPAddress(address.ToArray()), reader.ReadUInt16()));
        }

        return endpoints.MoveToImmutable();
    }

    private static ImmutableArray<RelayId> ReadNeighbours(ref MessagePackReader reader)
    {
        var neighbours = ImmutableArray.CreateBuilder<RelayId>(ReadCount(ref reader, RelayRecord.MaxNeighbours));
        for (var left = neighbours.Capacity; left > 0; left--)
        {
            neighbours.Add(new RelayId(Take(ref reader, WireFormat.Hashes)));
        }

        return neighbours.MoveToImmutable();
    }

    private static int ReadCount(ref MessagePackReader reader, int limit)
    {
        var count = reader.ReadArrayHeader();
        return count <= limit ? count : throw new MessagePackSerializationException($"More than {limit} entries.");
    }

    private static string ReadText(ref MessagePackReader reader, int limit)
    {
        var text = reader.ReadString();
        return text is not null && text.Length <= limit
            ? text
            : throw new MessagePackSerializationException($"Expected text of at most {limit} characters.");
    }

    private static void Put<T>(ref MessagePackWriter writer, FixedBinaryFormatter<T> formatter, T value) =>
        formatter.Serialize(ref writer, value, MessagePackSerializerOptions.Standard);

    private static T Take<T>(ref MessagePackReader reader, FixedBinaryFormatter<T> formatter) =>
        formatter.Deserialize(ref reader, MessagePackSerializerOptions.Standard);

    private static bool IsInRange(RelayRecord record) =>
        record.Endpoints is { IsDefault: false, Length: >= 1 and <= RelayRecord.MaxEndpoints }
        && record.Neighbours is { IsDefault: false, Length: <= RelayRecord.MaxNeighbours }
        && IsToken(record.ServerName, RelayRecord.MaxServerNameLength)
        && IsToken(record.Region, RelayRecord.MaxRegionLength)
        && record.TimeToLive > 0
        && record.IssuedAt <= ProtocolConstants.MaxUInt40
        && record.WindowFloor.Value > 0
        && record.WindowCeiling >= record.WindowFloor
        && record.Load <= 100
        && record.CapacityClass <= 40;

    // Shown in terminals and sent as SNI: nothing but letters, digits, dot and hyphen.
    private static bool IsToken(string text, int limit) =>
        text.Length <= limit && text.All(static character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-');
}
