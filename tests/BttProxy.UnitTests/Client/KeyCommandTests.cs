using System.Text;
using System.Text.Json.Nodes;
using BttProxy.Client;
using BttProxy.Client.Terminal;
using BttProxy.Client.Wallets;
using BttProxy.Protocol.Keys;
using BttProxy.UnitTests.BitTorrent;
using Spectre.Console;
using Xunit;

namespace BttProxy.UnitTests.Client;

/// <summary>The key goes in and out by files and pipes only, and never lies open.</summary>
public sealed class KeyCommandTests : IDisposable
{
    private const string Digits = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly MemoryStream _binary = new();
    private byte[] _input = [];
    private IAnsiConsole? _live;

    public KeyCommandTests()
    {
        Write("password", "secret\n");
        Write("other", "another\n");
    }

    private static string Address => Secp256k1Key.FromBytes(Convert.FromHexString(Digits)).Address.ToString();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Digits)]
    [InlineData("0x" + Digits)]
    [InlineData("  " + Digits + "\r\n")]
    public async Task Digits_AreImportedFromAFileAndFromStandardInput(string text)
    {
        Write("key", text);
        Assert.Equal(ExitCode.Success, await RunAsync("import", In("key"), "--wallet", In("a.json")));
        _input = Encoding.UTF8.GetBytes(text);
        Assert.Equal(ExitCode.Success, await RunAsync("import", "--wallet", In("b.json")));
        Assert.Equal(ExitCode.Success, await RunAsync("import", "-", "--wallet", In("c.json")));

        Assert.Equal(3, _output.ToString().Split(Address).Length - 1);
        Assert.DoesNotContain(Digits, _output.ToString() + _error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Keystore_IsImportedWithItsOwnPassword_AndKeptUnderTheNewOne()
    {
        var key = Convert.FromHexString(Digits);
        await File.WriteAllBytesAsync(
            In("store"), Keystore.Encrypt(key, Secp256k1Key.FromBytes(key).Address, "another", new ScryptCost(16, 8, 1)), TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Wallet, await RunAsync("import", In("store"), "--wallet", In("a.json")));
        Assert.False(File.Exists(In("a.json")));
        Assert.Equal(ExitCode.Success, await RunAsync("import", In("store"), "--wallet", In("a.json"), "--keystore-password-file", In("other")));
        Assert.Equal(ExitCode.Success, await RunAsync("show", "--wallet", In("a.json")));
        Assert.Contains(Address, _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData(Digits + "00")]
    [InlineData("g" + Digits)]
    [InlineData("{}")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public async Task WhatIsNoKey_MakesNoWallet_AndIsNotRepeated(string text)
    {
        _input = Encoding.UTF8.GetBytes(text);
        Assert.NotEqual(ExitCode.Success, await RunAsync("import", "--wallet", In("a.json")));
        Assert.False(File.Exists(In("a.json")));
        Assert.Single(_error.ToString().TrimEnd().Split('\n'));
        Assert.DoesNotContain(Digits, _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Digits)]
    [InlineData("0x" + Digits)]
    public async Task KeyOnTheCommandLine_IsRefused_AndNotRepeated(string key)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync("import", key, "--wallet", In("a.json")));
        Assert.DoesNotContain(Digits, _output.ToString() + _error, StringComparison.Ordinal);
        Assert.False(File.Exists(In("a.json")));
    }

    [Fact]
    public async Task ExistingWallet_IsNotOverwritten()
    {
        Write("key", Digits);
        Assert.Equal(ExitCode.Success, await RunAsync("new", "--wallet", In("a.json")));
        var before = await File.ReadAllBytesAsync(In("a.json"), TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Wallet, await RunAsync("import", In("key"), "--wallet", In("a.json")));
        Assert.Equal(before, await File.ReadAllBytesAsync(In("a.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Exported_ToAFileOfOnesOwn_AndOnlyOnce()
    {
        await ImportAsync();
        Assert.Equal(ExitCode.Success, await RunAsync("export", "-o", In("out"), "--wallet", In("a.json")));
        Assert.Equal(Digits + "\n", await File.ReadAllTextAsync(In("out"), TestContext.Current.CancellationToken));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(In("out")));
        }

        Assert.Equal(ExitCode.Wallet, await RunAsync("export", "-o", In("out"), "--wallet", In("a.json")));
        Assert.Equal(ExitCode.Success, await RunAsync("export", "--keystore", "-o", In("store"), "--wallet", In("a.json")));
        Assert.Equal(ExitCode.Success, await RunAsync("show", "--wallet", In("store")));
    }

    [Fact]
    public async Task Exported_ToAPipe_ButNotToATerminalUnlessMeant()
    {
        await ImportAsync();
        Assert.Equal(ExitCode.Success, await RunAsync("export", "--wallet", In("a.json")));
        Assert.Equal(Digits + "\n", Encoding.UTF8.GetString(_binary.ToArray()));

        _live = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });
        Assert.Equal(ExitCode.Usage, await RunAsync("export", "--wallet", In("a.json")));
        Assert.Contains("--yes", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await RunAsync("export", "--json", "--wallet", In("a.json")));
        Assert.DoesNotContain(Digits, _output.ToString() + _error, StringComparison.Ordinal);

        _output.GetStringBuilder().Clear();
        Assert.Equal(ExitCode.Success, await RunAsync("export", "--yes", "--json", "--wallet", In("a.json")));
        Assert.Equal(Digits, (string?)JsonNode.Parse(_output.ToString())!["privateKey"]);
    }

    [Fact]
    public async Task Export_WithoutThePassword_GivesNothing()
    {
        await ImportAsync();
        Write("password", "wrong\n");
        Assert.Equal(ExitCode.Wallet, await RunAsync("export", "--keystore", "-o", In("out"), "--wallet", In("a.json")));
        Assert.False(File.Exists(In("out")));
    }

    private async Task ImportAsync()
    {
        Write("key", Digits);
        Assert.Equal(ExitCode.Success, await RunAsync("import", In("key"), "--wallet", In("a.json")));
    }

    private string In(string name) => Path.Combine(_folder.Path, name);

    private void Write(string name, string text) => File.WriteAllText(In(name), text);

    private async Task<ExitCode> RunAsync(params string[] args)
    {
        var terminal = new ClientTerminal
        {
            Output = _output, Error = _error, Live = _live, Variable = static _ => null,
            OpenBinaryInput = () => new MemoryStream(_input),
            OpenBinaryOutput = () => new CopyOnClose(_binary),
        };
        return (ExitCode)await ClientApplication.RunAsync(
            ["wallet", .. args, "--home", In("home"), "--password-file", In("password")], terminal, TestContext.Current.CancellationToken);
    }

    private sealed class CopyOnClose(MemoryStream target) : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
            target.Write(ToArray());
            base.Dispose(disposing);
        }
    }
}
