using System.Collections;
using System.Text.RegularExpressions;

namespace BttProxy.Relay.Configuration.Schema;

/// <summary>Checks every value against what its property declares: range, form, number of entries, and that a named path is there.</summary>
internal static class OptionChecks
{
    public static void Check(OptionSection section, object target, string prefix, ConfigurationProblems problems, bool machine)
    {
        foreach (var option in section.Options)
        {
            var (key, value) = (prefix + option.Name, option.Property.GetValue(target));
            if (value is IList list && option.IsList)
            {
                if (option.MaxEntries is { } most && list.Count > most)
                {
                    problems.Add(key, $"{list.Count} entries", $"has {list.Count} entries, and at most {most} are allowed", $"Keep {most} of them");
                }

                for (var i = 0; i < list.Count; i++)
                {
                    CheckOne(option, list[i], $"{key}[{i}]", problems, machine);
                }
            }
            else
            {
                CheckOne(option, value, key, problems, machine);
            }
        }
    }

    private static void CheckOne(OptionDefinition option, object? value, string key, ConfigurationProblems problems, bool machine)
    {
        if (value is null)
        {
            return;
        }

        if (option.Section is { } section)
        {
            Check(section, value, key + ".", problems, machine);
            return;
        }

        var shown = option.Kind!.Show(value);
        if (option.Range is { } range && (range.Least.CompareTo(value) > 0 || range.Most.CompareTo(value) < 0))
        {
            problems.Add(key, shown, $"{shown} is out of range", $"Choose a value from {option.RangeText}");
        }
        else if (option.Pattern is { } pattern && !Regex.IsMatch(shown, pattern.Pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)))
        {
            problems.Add(key, shown, $"'{shown}' is not {pattern.Expected}", $"Write {pattern.Expected}");
        }
        else if (machine && option.Path is { } kind && !(kind == PathKind.File ? File.Exists(shown) : Directory.Exists(shown)))
        {
            var what = kind == PathKind.File ? "file" : "directory";
            problems.Add(key, shown, $"the {what} '{shown}' does not exist", $"Make it, mount its volume, or name the right {what}");
        }
    }
}
