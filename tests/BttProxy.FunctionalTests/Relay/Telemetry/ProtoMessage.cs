using System.Text;
using Google.Protobuf;

namespace BttProxy.FunctionalTests.Relay.Telemetry;

/// <summary>A protobuf message by field numbers. Those of OTLP are from open-telemetry/opentelemetry-proto, version 1 (trace, metrics, common, resource).</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, object Value)> _fields = [];

    public static ProtoMessage Parse(byte[] bytes)
    {
        var message = new ProtoMessage();
        using var input = new CodedInputStream(bytes);
        while (input.ReadTag() is var tag and not 0)
        {
            message._fields.Add((WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadUInt64(),
                WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                WireFormat.WireType.Fixed32 => (ulong)input.ReadFixed32(),
                WireFormat.WireType.LengthDelimited => input.ReadBytes().ToByteArray(),
                var other => throw new FormatException($"OTLP has no fields of wire type {other}."),
            }));
        }

        return message;
    }

    public bool Has(int field) => _fields.Exists(entry => entry.Field == field);

    public IEnumerable<ProtoMessage> Messages(int field) => All<byte[]>(field).Select(Parse);

    public byte[] Bytes(int field) => All<byte[]>(field).LastOrDefault([]);

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public ulong Number(int field) => All<ulong>(field).LastOrDefault();

    public double Double(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    private IEnumerable<T> All<T>(int field) => _fields.Where(entry => entry.Field == field).Select(static entry => (T)entry.Value);
}
