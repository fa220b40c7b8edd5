namespace BttProxy.Devnet.Books;

/// <summary>Two figures from different sources that must be the same, written as whole units.</summary>
internal sealed record BookCheck(string Statement, string Left, string Right)
{
    public bool Holds => Left == Right;
}
