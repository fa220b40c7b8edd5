namespace BttProxy.Relay.Configuration.Reading;

internal enum ConfigurationNodeKind
{
    Section,
    List,
    Text,
    Number,
    Boolean,
    Null,

    /// <summary>A bound of a range, which an attribute writes as text whatever its kind.</summary>
    Bound,
}
