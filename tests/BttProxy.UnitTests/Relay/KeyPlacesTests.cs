using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using Xunit;

namespace BttProxy.UnitTests.Relay;

public sealed class KeyPlacesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keys");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void KeysDirectory_WinsOverTheStateDirectoryWhereItHasAKey()
    {
        var keys = _directory.CreateSubdirectory("secret").FullName;
        var options = new RelayOptions { StateDirectory = Path.Combine(_directory.FullName, "state"), KeysDirectory = keys };
        byte[] kept = [.. Enumerable.Repeat((byte)7, 32)];
        File.WriteAllBytes(Path.Combine(keys, RelayKeys.PayeeKeyFile), kept);

        var state = StateDirectory.Open(options);
        state.WriteSecret(RelayKeys.PayeeKeyFile, new byte[32]);
        state.WriteSecret("path-key", [1]);

        Assert.Equal(kept, state.TryReadSecret(RelayKeys.PayeeKeyFile));
        Assert.Equal([1], state.TryReadSecret("path-key")!);
        Assert.Null(state.TryReadSecret("relay-key"));
    }

    [Fact]
    public void PayeeKey_IsReadFromAFileOrFromDigits()
    {
        var file = Path.Combine(_directory.FullName, "key");
        File.WriteAllBytes(file, [.. Enumerable.Repeat((byte)9, 32)]);

        Assert.Equal(9, new KeyPlaces(null, file, null).TryRead(RelayKeys.PayeeKeyFile)![31]);
        Assert.Equal(0xab, new KeyPlaces(null, null, string.Concat(Enumerable.Repeat("ab", 32))).TryRead(RelayKeys.PayeeKeyFile)![0]);
        Assert.Null(new KeyPlaces(null, file, null).TryRead("relay-key"));
    }

    [Fact]
    public void UnusablePlace_IsNamedWithoutShowingTheKey()
    {
        var secret = new string('a', 63);

        var wrong = Assert.Throws<RelayConfigurationException>(() => new KeyPlaces(null, null, secret).TryRead(RelayKeys.PayeeKeyFile));
        var missing = Assert.Throws<RelayConfigurationException>(() => new KeyPlaces(null, "/no/such/key", null).TryRead(RelayKeys.PayeeKeyFile));

        Assert.StartsWith("BTTPROXY_PAYEE_KEY must be 64 hexadecimal digits", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, wrong.Message, StringComparison.Ordinal);
        Assert.StartsWith("BTTPROXY_PAYEE_KEY_FILE: '/no/such/key'", missing.Message, StringComparison.Ordinal);
    }
}
