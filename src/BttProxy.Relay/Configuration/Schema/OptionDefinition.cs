using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BttProxy.Relay.Configuration.Schema;

/// <summary>One option, as its property declares it: a value, a section of options, or a list of either.</summary>
internal sealed class OptionDefinition
{
    private static readonly NullabilityInfoContext Nullability = new();

    public OptionDefinition(PropertyInfo property)
    {
        Property = property;
        Name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        lock (Nullability)
        {
            MayBeNull = type != property.PropertyType || Nullability.Create(property).WriteState == NullabilityState.Nullable;
        }

        IsList = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);
        ValueType = IsList ? type.GetGenericArguments()[0] : type;
        IsRequired = property.GetCustomAttribute<System.Runtime.CompilerServices.RequiredMemberAttribute>() is not null;
        Kind = ValueKinds.Of(ValueType, property.GetCustomAttribute<ByteSizeAttribute>() is not null);
        Section = Kind is null ? OptionSection.Of(ValueType) : null;
        Pattern = property.GetCustomAttribute<TextPatternAttribute>();
        Path = property.GetCustomAttribute<ExistingPathAttribute>()?.Kind;
        MaxEntries = property.GetCustomAttribute<MaxEntriesAttribute>()?.Count;
        if (property.GetCustomAttribute<AllowedRangeAttribute>() is { } range)
        {
            Range = ((IComparable)Kind!.Bound(range.Least), (IComparable)Kind.Bound(range.Most));
        }
    }

    public PropertyInfo Property { get; }

    /// <summary>In the file.</summary>
    public string Name { get; }

    public bool MayBeNull { get; }

    public bool IsList { get; }

    /// <summary>The file must have it wherever it has the section.</summary>
    public bool IsRequired { get; }

    /// <summary>Of the value, or of an entry of the list.</summary>
    public Type ValueType { get; }

    /// <summary>Null for a section.</summary>
    public ValueKind? Kind { get; }

    /// <summary>Null for a value.</summary>
    public OptionSection? Section { get; }

    public (IComparable Least, IComparable Most)? Range { get; }

    public TextPatternAttribute? Pattern { get; }

    public PathKind? Path { get; }

    public int? MaxEntries { get; }

    public string RangeText => Range is { } range ? $"{Kind!.Show(range.Least)} to {Kind.Show(range.Most)}" : "";
}
