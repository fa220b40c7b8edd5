namespace BttProxy.Relay.Configuration.Schema;

/// <summary>Most entries of a list.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MaxEntriesAttribute(int count) : Attribute
{
    public int Count => count;
}
