// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Who pays whom through a channel, fixed for its life. The id is their typed-data hash; the contract stores nothing else of them.
struct Terms {
    address payer;
    address signer;
    address payee;
    address payeeAuthorizer;
    address token;
    uint40 withdrawDelay;
    bytes32 salt;
}

/// @dev v is a whole word, so that a row with a wrong one is skipped, where the decoder would revert the batch.
struct Signature {
    bytes32 r;
    bytes32 s;
    uint256 v;
}

/// @notice One channel's voucher in a claim. Whole words for the same reason; what is signed stays uint64 and uint128.
struct Row {
    Terms terms;
    uint256 epoch;
    uint256 cumulativeAmount;
    Signature signature;
}

/// @notice What was signed for what, see the README of BttProxy.Protocol:
/// OpenChannel by the payer, Voucher by the signer, CooperativeClose by the signer and the payee's authoriser.
interface IBttChannels {
    /// @dev The numbers of BttProxy.Tron.ContractRejection.
    error Rejected(uint8 reason);

    event Deposited(address indexed payer, address indexed token, uint256 amount);

    event Withdrawn(address indexed payer, address indexed token, uint256 amount);

    /// @notice Opened or topped up to a total; carries all terms, so that a wallet alone finds its channels again.
    event ChannelOpened(
        bytes32 indexed channelId,
        address indexed payer,
        address indexed payee,
        address signer,
        address payeeAuthorizer,
        address token,
        uint40 withdrawDelay,
        bytes32 salt,
        uint64 epoch,
        uint128 reserved
    );

    /// @notice Each row of a claim gives one of these two, in the rows' order.
    event RowClaimed(bytes32 indexed channelId, uint64 epoch, uint128 paid, uint128 claimedTotal);

    /// @param outcome A number of BttProxy.Tron.ClaimOutcome.
    event RowSkipped(bytes32 indexed channelId, uint8 outcome, uint64 epoch, uint128 claimedTotal);

    /// @notice The token did not move what the payee earned; it is the payee's deposit now, to withdraw.
    event PayoutDeferred(address indexed payee, address indexed token, uint256 amount);

    event WithdrawRequested(bytes32 indexed channelId, uint64 epoch, uint64 withdrawAt);

    /// @param epoch The one that ended.
    /// @param paid To the payee by this close.
    /// @param returned To the payer's deposit.
    event ChannelClosed(bytes32 indexed channelId, uint64 epoch, uint128 finalAmount, uint128 paid, uint128 returned);

    /// @notice Moves the caller's tokens into the contract. Tokens that take a fee are refused.
    function deposit(address token, uint256 amount) external;

    /// @notice Moves the caller's tokens that no channel holds back to the caller.
    function withdraw(address token, uint256 amount) external;

    /// @notice Reserves a total of `amount` in the current epoch: opens, or tops up. Anyone may submit it; twice counts once.
    /// @param signature The payer's, over OpenChannel; not looked at when the payer calls.
    function open(Terms calldata terms, uint128 amount, uint64 epoch, uint40 deadline, Signature calldata signature) external;

    /// @notice Pays payees what vouchers say. A row that is worth nothing is skipped and harms no other.
    function claim(Row[] calldata rows) external;

    /// @notice What `claim` would say about each row alone, as BttProxy.Tron.ClaimOutcome.
    function judge(Row[] calldata rows) external view returns (uint8[] memory outcomes);

    /// @notice Pays up to the final amount; the rest is the payer's deposit at once, and every older voucher is void.
    function closeCooperatively(
        Terms calldata terms,
        uint64 epoch,
        uint128 finalAmount,
        uint40 deadline,
        Signature calldata bySigner,
        Signature calldata byPayeeAuthorizer
    ) external;

    /// @notice Starts the delay after which the payer may take back what is not claimed.
    function requestWithdraw(Terms calldata terms) external;

    /// @notice Ends the epoch after the delay. Anyone may submit it.
    function finishWithdraw(Terms calldata terms, uint64 epoch) external;

    function depositOf(address payer, address token) external view returns (uint256);

    /// @return reserved The total of this epoch, claimed part included.
    /// @return claimed Paid in this epoch.
    /// @return epoch Rises at each close.
    /// @return withdrawAt Unix seconds; 0 while nobody asked to withdraw.
    /// @return exists False when it was never opened.
    function channel(bytes32 channelId)
        external
        view
        returns (uint128 reserved, uint128 claimed, uint64 epoch, uint64 withdrawAt, bool exists);

    function channelIdOf(Terms calldata terms) external view returns (bytes32);

    function domainSeparator() external view returns (bytes32);
}
