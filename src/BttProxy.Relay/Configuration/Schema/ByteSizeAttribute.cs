namespace BttProxy.Relay.Configuration.Schema;

/// <summary>A number of bytes, which the file may also write with a unit, such as "50 GiB".</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ByteSizeAttribute : Attribute;
