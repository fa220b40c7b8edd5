namespace BttProxy.Relay.Configuration.Schema;

/// <summary>A path of something that must be there before the relay starts.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ExistingPathAttribute(PathKind kind) : Attribute
{
    public PathKind Kind => kind;
}
