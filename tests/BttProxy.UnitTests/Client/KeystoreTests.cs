using System.Text;
using System.Text.Json.Nodes;
using BttProxy.Client;
using BttProxy.Client.Wallets;
using BttProxy.Protocol.Keys;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Client;

public class KeystoreTests
{
    // The test vectors published with the Web3 Secret Storage definition (version 3).
    private const string ScryptVector =
        """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"83dbcc02d8ccb40e466191a123791e0e"},
        "ciphertext":"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c","kdf":"scrypt",
        "kdfparams":{"dklen":32,"n":262144,"r":1,"p":8,"salt":"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
        "mac":"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
        """;

    private const string Pbkdf2Vector =
        """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2",
        "kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
        "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
        """;

    // A key whose leading zero byte the writer dropped.
    private const string ShortKeyVector =
        """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"e0c41130a323adc1446fc82f724bca2f"},
        "ciphertext":"9517cd5bdbe69076f9bf5057248c6c050141e970efa36ce53692d5d59a3984","kdf":"scrypt",
        "kdfparams":{"dklen":32,"n":2,"r":8,"p":1,"salt":"711f816911c92d649fb4c84b047915679933555030b3552c1212609b38208c63"},
        "mac":"d5e116151c6aa71470e67a7d42c9620c75c4d23229847dcc127794f0732b0db5"},"id":"fecfc4ce-e956-48fd-953b-30f8b52ed66c","version":3}
        """;

    [Theory]
    [InlineData(ScryptVector, "testpassword", "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d")]
    [InlineData(Pbkdf2Vector, "testpassword", "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d")]
    [InlineData(ShortKeyVector, "foo", "00fa7b3db73dc7dfdf8c5fbdb796d741e4488628c41fc4febd9160a866ba0f35")]
    public void PublishedVector_IsDecrypted(string json, string password, string key) =>
        Assert.Equal(key, Convert.ToHexStringLower(Keystore.Decrypt(Encoding.UTF8.GetBytes(json), password)));

    [Fact]
    public void NamesInCapitals_AreReadToo() =>
        Assert.Equal(32, Keystore.Decrypt(Encoding.UTF8.GetBytes(ShortKeyVector.Replace("\"crypto\"", "\"Crypto\"", StringComparison.Ordinal)), "foo").Length);

    [Fact]
    public void OwnFile_GivesTheKeyBack()
    {
        using var key = Secp256k1Key.Generate();
        var json = Keystore.Encrypt(key.Export(), key.Address, "pässword");
        Assert.Equal(key.Export(), Keystore.Decrypt(json, "pässword"));
        Assert.Equal(Convert.ToHexStringLower(key.Address.ToArray()), (string?)JsonNode.Parse(json)!["address"]);
    }

    [Fact]
    public void WrongPassword_IsOneClearLine()
    {
        var failure = Assert.Throws<ClientException>(() => Keystore.Decrypt(Encoding.UTF8.GetBytes(ShortKeyVector), "bar"));
        Assert.Equal(ExitCode.Wallet, failure.ExitCode);
        Assert.Contains("password is wrong", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Theory]
    [InlineData("crypto.kdfparams.n", "2147483647")]
    [InlineData("crypto.kdfparams.n", "1073741824")]
    [InlineData("crypto.kdfparams.n", "3")]
    [InlineData("crypto.kdfparams.r", "-1")]
    [InlineData("crypto.kdfparams.p", "100000")]
    [InlineData("crypto.kdfparams.dklen", "16")]
    [InlineData("crypto.kdfparams.salt", "\"zz\"")]
    [InlineData("crypto.kdfparams", "null")]
    [InlineData("crypto.cipher", "\"aes-128-cbc\"")]
    [InlineData("crypto.ciphertext", "\"\"")]
    [InlineData("crypto.cipherparams.iv", "\"00\"")]
    [InlineData("crypto.kdf", "\"md5\"")]
    [InlineData("crypto", "null")]
    [InlineData("version", "1")]
    public void HostileField_IsRefusedBeforeWork(string path, string value)
    {
        var json = JsonNode.Parse(ShortKeyVector)!;
        var parts = path.Split('.');
        var parent = parts[..^1].Aggregate(json, (node, part) => node[part]!);
        parent[parts[^1]] = JsonNode.Parse(value);
        var failure = Assert.Throws<ClientException>(() => Keystore.Decrypt(Encoding.UTF8.GetBytes(json.ToJsonString()), "foo"));
        Assert.Equal(ExitCode.Wallet, failure.ExitCode);
    }

    [Fact]
    public void MutatedFile_NeverCrashes()
    {
        var original = Encoding.UTF8.GetBytes(ShortKeyVector);
        Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte).Sample(
            (index, value) =>
            {
                var mutated = original.ToArray();
                mutated[index] = value;
                try
                {
                    _ = Keystore.Decrypt(mutated, "foo");
                }
                catch (ClientException failure)
                {
                    Assert.Equal(ExitCode.Wallet, failure.ExitCode);
                }
            },
            iter: 1000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"version\":\"three\"}")]
    public void NotAKeystore_IsRefused(string json) =>
        Assert.Equal(ExitCode.Wallet, Assert.Throws<ClientException>(() => Keystore.Decrypt(Encoding.UTF8.GetBytes(json), "foo")).ExitCode);
}
