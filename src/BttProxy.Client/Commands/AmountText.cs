using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Commands;

/// <summary>Amounts on the command line: an integer of smallest units, or a decimal number of BTT with its name.</summary>
internal static class AmountText
{
    /// <summary>An AMOUNT of tokens, more than zero.</summary>
    public static Argument<TokenAmount?> Argument(string description) => new("AMOUNT")
    {
        Description = description,
        CustomParser = static result =>
        {
            var amount = Read(result, static units => new TokenAmount(units));
            if (amount == TokenAmount.Zero)
            {
                result.AddError("The amount is zero: there is nothing to move.");
            }

            return amount;
        },
    };

    public static T? Read<T>(ArgumentResult result, Func<UInt128, T> make)
        where T : struct
    {
        if (TryParse(result.Tokens[0].Value, out var units))
        {
            return make(units);
        }

        result.AddError($"'{result.Tokens[0].Value}' is no amount: give whole smallest units, or BTT as in '2.5BTT'.");
        return null;
    }

    public static bool TryParse(string text, out UInt128 units)
    {
        if (!text.EndsWith("BTT", StringComparison.OrdinalIgnoreCase))
        {
            return UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out units);
        }

        var parsed = TokenAmount.TryParseBtt(text.AsSpan(0, text.Length - 3).TrimEnd(), out var amount);
        units = amount.Units;
        return parsed;
    }
}
