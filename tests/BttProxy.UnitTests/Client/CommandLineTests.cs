using BttProxy.Client;
using BttProxy.Client.Terminal;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;
using BttProxy.UnitTests.BitTorrent;
using Xunit;

namespace BttProxy.UnitTests.Client;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _variables = [];
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--json --home H wallet show --password-file P")]
    [InlineData("wallet --json show --home H --password-file P")]
    [InlineData("wallet show --home H --password-file P --json")]
    public async Task GlobalOptions_StandBeforeOrAfterTheCommand(string line)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "P"), "secret\nnot read", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Success, await RunAsync("wallet new --home H --password-file P"));
        var made = _output.ToString();
        _output.GetStringBuilder().Clear();
        Assert.Equal(ExitCode.Success, await RunAsync(line));
        Assert.StartsWith("""{"address":"T""", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains(_output.ToString().Split('"')[3], made, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HomeAndPassword_ComeFromTheEnvironment()
    {
        _variables["BTTPROXY_HOME"] = Path.Combine(_folder.Path, "H");
        _variables["BTTPROXY_PASSWORD"] = "secret";
        Assert.Equal(ExitCode.Success, await RunAsync("wallet new"));
        Assert.True(File.Exists(Path.Combine(_folder.Path, "H", "wallet.json")));
        _variables["BTTPROXY_PASSWORD"] = "other";
        Assert.Equal(ExitCode.Wallet, await RunAsync("wallet show"));
        Assert.Contains("password is wrong", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PasswordFileThatIsNamed_CountsForTheNetworksTestWalletToo()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "P"), "secret", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Success, await RunAsync("wallet new --home H --password-file P"));
        var network = new NetworkDescription
        {
            Name = "devnet",
            ChainId = 1,
            Contract = TronAddress.Zero,
            Token = TronAddress.Zero,
            DhtBootstrap = [],
            AllowPrivateAddresses = true,
            Chain = new ChainDescription([new ChainNode(new Uri("http://127.0.0.1:9/"), new Uri("http://127.0.0.1:9/"))]),
            Wallet = new WalletReference("H/wallet.json", "P"),
        };
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "network.json"), network.ToJson(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "Q"), "wrong", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Wallet, await RunAsync("wallet show --home H --network network.json --password-file Q"));
        Assert.Contains("password is wrong", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wallet new --home H", ExitCode.Wallet, "--password-file")]
    [InlineData("wallet show --home H", ExitCode.Wallet, "bttproxy wallet new")]
    [InlineData("wallet show --home H --network missing.json", ExitCode.BadInput, "missing.json")]
    [InlineData("voucher verify missing.json", ExitCode.BadInput, "missing.json")]
    [InlineData("nonsense", ExitCode.Usage, "--help")]
    [InlineData("", ExitCode.Usage, "--help")]
    [InlineData("wallet show --nonsense", ExitCode.Usage, "--nonsense")]
    [InlineData("wallet balance --home H", ExitCode.Usage, "--network")]
    [InlineData("wallet channels --home H", ExitCode.Usage, "--network")]
    [InlineData("wallet recover --home H", ExitCode.Usage, "--network")]
    [InlineData("wallet deposit --home H", ExitCode.Usage, "--help")]
    [InlineData("wallet deposit 0 --home H", ExitCode.Usage, "zero")]
    [InlineData("wallet deposit much --home H", ExitCode.Usage, "2.5BTT")]
    [InlineData("wallet withdraw 1BTT --channel 0x123456 --home H", ExitCode.Usage, "exclude")]
    public async Task Fault_IsOneLineAndAnExitCode(string line, ExitCode expected, string says)
    {
        Assert.Equal(expected, await RunAsync(line));
        Assert.Contains(says, _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
        if (expected != ExitCode.Usage)
        {
            Assert.Single(_error.ToString().TrimEnd().Split('\n'));
        }
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("wallet new --help")]
    [InlineData("wallet show -h")]
    [InlineData("wallet --help")]
    [InlineData("wallet import --help")]
    [InlineData("wallet export --help")]
    [InlineData("wallet balance --help")]
    [InlineData("wallet deposit --help")]
    [InlineData("wallet channels --help")]
    [InlineData("wallet withdraw --help")]
    [InlineData("wallet recover --help")]
    [InlineData("voucher verify --help")]
    public async Task Help_HasExamples(string line)
    {
        Assert.Equal(ExitCode.Success, await RunAsync(line));
        Assert.Contains("Examples:\n  bttproxy ", _output.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    private async Task<ExitCode> RunAsync(string line)
    {
        // Capital letters and *.json stand for files in the test's own folder.
        var args = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word is "H" or "P" or "Q" || word.EndsWith(".json", StringComparison.Ordinal) ? Path.Combine(_folder.Path, word) : word)
            .ToArray();
        var terminal = new ClientTerminal { Output = _output, Error = _error, Variable = _variables.GetValueOrDefault };
        return (ExitCode)await ClientApplication.RunAsync(args, terminal, TestContext.Current.CancellationToken);
    }
}
