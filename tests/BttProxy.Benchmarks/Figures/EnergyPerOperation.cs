using System.Globalization;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Contracts;
using BttProxy.UnitTests.Tron.Contracts.World;
using static BttProxy.UnitTests.Tron.Contracts.World.ChannelsWorld;

namespace BttProxy.Benchmarks.Figures;

/// <summary>
/// What each operation of the contract costs in TRON's energy, on our virtual machine and with a token like BTT, and how many bytes of input
/// it has. The reference is a claim of one row.
/// </summary>
internal sealed class EnergyPerOperation : IFigure
{
    private const int Rows = 20;
    private const double OpenBudget = 42_000;
    private const double RowBudget = 14_000;

    private readonly Dictionary<string, double> _energy = [];

    public string Name => "energy-per-operation";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        var evm = new TvmEvm();
        _energy["deploy"] = new TvmEvm().Deploy(ContractBytecode.BttChannels).EnergyUsed;
        var world = await CreateAsync(evm);
        await LifeOfAChannelAsync(world);
        await BatchAsync(await CreateAsync(evm));
        foreach (var (operation, energy) in _energy)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{operation,-28} {energy,10:n0}"));
        }

        var (row, alone) = (_energy["claimRowOf20"], _energy["claim"]);
        return new Figure
        {
            Name = Name,
            Value = row,
            Unit = "energy per claim row in a batch of 20",
            Reference = "a claim of one row",
            ReferenceValue = alone,
            Ratio = Math.Round(row / alone, 3),
            Budget = $"claim row <= {RowBudget}, open <= {OpenBudget}",
            Pass = row <= RowBudget && _energy["open"] <= OpenBudget,
            Details = _energy,
        };
    }

    private async Task LifeOfAChannelAsync(ChannelsWorld world)
    {
        await MeasureAsync(world, "approve", OtherPayee, Trc20Calls.Approve(world.Contract, Amount(1000)), world.Token);
        await MeasureAsync(world, "firstDeposit", Payer.Address, BttChannelsCalls.Deposit(world.Token, Amount(100)));
        await MeasureAsync(world, "deposit", Payer.Address, BttChannelsCalls.Deposit(world.Token, Amount(500)));
        await MeasureAsync(world, "open", Stranger.Address, world.OpenCall(100));
        await MeasureAsync(world, "topUp", Stranger.Address, world.OpenCall(200));
        await MeasureAsync(world, "claimToNewHolder", Stranger.Address, BttChannelsCalls.Claim([world.Row(10)]));
        await MeasureAsync(world, "claim", Stranger.Address, BttChannelsCalls.Claim([world.Row(20)]));
        await MeasureAsync(world, "claimOfNothing", Stranger.Address, BttChannelsCalls.Claim([world.Row(20)]));
        await MeasureAsync(world, "closeCooperatively", Stranger.Address, world.CloseCall(50));
        await MeasureAsync(world, "reopen", Stranger.Address, world.OpenCall(100, epoch: 1));
        await MeasureAsync(world, "requestWithdraw", Payer.Address, BttChannelsCalls.RequestWithdraw(world.Terms));
        await world.Evm.SetNextTimeAsync(await world.Evm.TimeAsync() + Delay + 10);
        await MeasureAsync(world, "finishWithdraw", Stranger.Address, BttChannelsCalls.FinishWithdraw(world.Terms, 1));
        await MeasureAsync(world, "withdraw", Payer.Address, BttChannelsCalls.Withdraw(world.Token, Amount(100)));
    }

    /// <summary>Twenty channels of one payee, who holds tokens already.</summary>
    private async Task BatchAsync(ChannelsWorld world)
    {
        await world.FundAsync(Payee, 1);
        await world.DepositAsync(1000);
        var channels = Enumerable.Range(1, Rows).Select(salt => world.MakeTerms((byte)salt)).ToArray();
        foreach (var terms in channels)
        {
            await world.OpenAsync(10, terms: terms);
        }

        var claim = BttChannelsCalls.Claim([.. channels.Select(terms => world.Row(7, terms: terms))]);
        var outcome = await world.SendAsync(Stranger.Address, claim);
        _energy["claimRowOf20"] = (double)outcome.Cost / Rows;
        _energy["claimRowOf20Bytes"] = (double)claim.Length / Rows;
        _ = world.EventsOf(outcome).Count == Rows && await world.BalanceAsync(Payee) == 1 + (7 * Rows)
            ? outcome
            : throw new InvalidOperationException("The batch did not pay all its rows.");
    }

    private async Task MeasureAsync(ChannelsWorld world, string operation, TronAddress from, byte[] input, TronAddress? to = null)
    {
        var outcome = await world.Evm.SendAsync(from, to ?? world.Contract, input);
        _energy[operation] = outcome.Success ? outcome.Cost : throw new InvalidOperationException($"{operation} was refused.");
        _energy[operation + "Bytes"] = input.Length;
    }
}
