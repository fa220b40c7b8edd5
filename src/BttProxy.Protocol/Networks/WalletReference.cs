namespace BttProxy.Protocol.Networks;

/// <summary>A wallet file and the file that holds its password, relative to the network description or absolute.</summary>
public sealed record WalletReference(string File, string PasswordFile);
