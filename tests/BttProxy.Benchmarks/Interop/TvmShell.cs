using System.Globalization;
using System.Text.Json;
using BttProxy.Devnet.Chain.Vm;
using BttProxy.Protocol.Keys;

namespace BttProxy.Benchmarks.Interop;

/// <summary>
/// Our virtual machine for a script that compares it with another one (tests/interop/tvm): a program and the world it runs in per
/// line on stdin, its outcome and the world after it per line on stdout.
/// </summary>
internal static class TvmShell
{
    public const string Name = "tvm";

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            Console.WriteLine(JsonSerializer.Serialize(Run(JsonSerializer.Deserialize<TvmProgram>(line, JsonSerializerOptions.Web)!)));
        }

        return 0;
    }

    private static object Run(TvmProgram program)
    {
        var state = new TvmState();
        foreach (var account in program.Accounts)
        {
            var address = Address(account.Address);
            state.SetBalance(address, account.Balance);
            if (account.Code.Length > 2)
            {
                state.SetCode(address, new ContractCode(Bytes(account.Code)));
            }

            foreach (var slot in account.Storage)
            {
                state.SetStorage(address, Word(slot[0]), Word(slot[1]));
            }
        }

        state.EndTransaction();
        var message = new TvmMessage
        {
            Caller = Address(program.From),
            To = program.To is { } to ? Address(to) : null,
            Data = Bytes(program.Data),
            CallValue = program.Value,
            EnergyLimit = program.Limit,
            TransactionId = Bytes32.Parse(program.TransactionId),
        };
        var block = new TvmBlock
        {
            Number = program.Block.Number,
            Timestamp = program.Block.Timestamp,
            ChainId = program.Block.ChainId,
            Coinbase = Address(program.Block.Coinbase),
            EnergyPrice = program.Block.EnergyPrice,
            BlockHash = number => (((UInt256)0xB1 << 248) | (ulong)number).ToBytes32(),
        };
        var result = Tvm.Execute(message, state, block, new TvmRules { KeepsOne64th = program.KeepsOne64th });
        return new
        {
            status = result.Status switch { TvmStatus.Success => "success", TvmStatus.Revert => "revert", _ => "halt" },
            reason = result.Status.ToString(),
            // The output of a deployment is its code, there as here.
            output = Hex(result.Output.Span),
            energy = result.EnergyUsed,
            created = result.CreatedAddress is { } created ? Hex(created.Span) : null,
            logs = result.Logs.Select(log => new object[] { Hex(log.Address.Span), log.Topics.Select(topic => topic.ToString()), Hex(log.Data.Span) }),
            accounts = Picture(state),
        };
    }

    private static Dictionary<string, object> Picture(TvmState state)
    {
        var storage = state.AllStorage().ToLookup(entry => entry.Address, entry => (entry.Slot, entry.Value));
        return state.AllAccounts()
            .Where(entry => entry.Account.Balance > 0 || !state.Code(entry.Address).Bytes.IsEmpty || storage.Contains(entry.Address))
            .ToDictionary(
                entry => Hex(entry.Address.Span),
                object (entry) => new
                {
                    balance = entry.Account.Balance,
                    code = Hex(state.Code(entry.Address).Bytes.Span),
                    storage = storage[entry.Address].ToDictionary(slot => slot.Slot.ToString(), slot => slot.Value.ToString()),
                });
    }

    private static TronAddress Address(string hex) => new(Bytes(hex));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.AsSpan(2));

    private static string Hex(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    private static UInt256 Word(string number) => UInt128.Parse(number, CultureInfo.InvariantCulture);
}
