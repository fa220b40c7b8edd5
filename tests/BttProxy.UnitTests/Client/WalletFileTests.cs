using BttProxy.Client;
using BttProxy.Client.Wallets;
using BttProxy.Protocol.Keys;
using BttProxy.UnitTests.BitTorrent;
using Xunit;

namespace BttProxy.UnitTests.Client;

public sealed class WalletFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task NewWallet_OpensWithItsPassword_AndOnlyTheUserMayReadIt()
    {
        var path = Path.Combine(_folder.Path, "new", "wallet.json");
        using var wallet = new Wallet(Secp256k1Key.Generate());
        await WalletFile.CreateAsync(path, wallet, "secret", Cancellation);

        using var opened = await WalletFile.OpenAsync(path, "secret", Cancellation);
        Assert.Equal(wallet.Address, opened.Address);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task ExistingWallet_IsNeverOverwritten()
    {
        var path = Path.Combine(_folder.Path, "wallet.json");
        await File.WriteAllTextAsync(path, "precious", Cancellation);
        using var wallet = new Wallet(Secp256k1Key.Generate());
        var failure = await Assert.ThrowsAsync<ClientException>(() => WalletFile.CreateAsync(path, wallet, "secret", Cancellation));
        Assert.Equal(ExitCode.Wallet, failure.ExitCode);
        Assert.Equal("precious", await File.ReadAllTextAsync(path, Cancellation));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task MissingWallet_SaysHowToMakeOne()
    {
        var failure = await Assert.ThrowsAsync<ClientException>(
            () => WalletFile.OpenAsync(Path.Combine(_folder.Path, "none.json"), "secret", Cancellation));
        Assert.Equal(ExitCode.Wallet, failure.ExitCode);
        Assert.Contains("bttproxy wallet new", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SessionKey_DependsOnWalletAndSalt_AndIsRecoverable()
    {
        using var wallet = new Wallet(Secp256k1Key.FromBytes(Bytes(7)));
        using var other = new Wallet(Secp256k1Key.FromBytes(Bytes(8)));
        using var first = wallet.DeriveSessionKey(new Bytes32(Bytes(1)));
        using var again = wallet.DeriveSessionKey(new Bytes32(Bytes(1)));
        using var second = wallet.DeriveSessionKey(new Bytes32(Bytes(2)));
        using var foreign = other.DeriveSessionKey(new Bytes32(Bytes(1)));
        Assert.Equal(first.Address, again.Address);
        Assert.Equal(4, new[] { first.Address, second.Address, foreign.Address, wallet.Address }.Distinct().Count());
    }

    private static byte[] Bytes(byte value)
    {
        var bytes = new byte[32];
        Array.Fill(bytes, value);
        return bytes;
    }
}
