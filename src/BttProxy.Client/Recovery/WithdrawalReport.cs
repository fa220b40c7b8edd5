using System.Globalization;
using System.Text.Json.Serialization;
using BttProxy.Client.Terminal;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Recovery;

/// <summary>How far taking back a channel's rest has come, as it is printed.</summary>
internal sealed record WithdrawalReport(
    string Channel, [property: JsonConverter(typeof(JsonStringEnumConverter<WithdrawalState>))] WithdrawalState State, string Detail)
{
    /// <summary>Back in the deposit.</summary>
    public TokenAmount? Returned { get; init; }

    /// <summary>The relay's part, of this epoch.</summary>
    public TokenAmount? Paid { get; init; }

    /// <summary>When the same command finishes it.</summary>
    public DateTimeOffset? FinishFrom { get; init; }

    public Task PrintAsync(bool asJson, ClientTerminal terminal) => terminal.Output.WriteLineAsync(asJson ? JsonLine.Of(this) : ToText());

    private string ToText()
    {
        if (State == WithdrawalState.Waiting)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"waiting   {Channel}: {Detail}{Environment.NewLine}Run the same command again after {FinishFrom:u}; until then the relay may claim what it was promised.");
        }

        return Returned is { } returned
            ? $"closed    {Channel}: {Detail}{Environment.NewLine}returned  {returned.ToBtt()} to the deposit, the relay has {Paid?.ToBtt()}{Environment.NewLine}'bttproxy wallet withdraw' moves the deposit into the wallet."
            : $"closed    {Channel}: {Detail}";
    }
}

internal enum WithdrawalState
{
    /// <summary>The contract's delay runs.</summary>
    Waiting,

    Closed,
}
